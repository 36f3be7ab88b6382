"""Figures of rows that were given one step at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import comb
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np

from rnnbench.analysis.row_times import UNITY
from rnnbench.measure import ratios
from rnnbench.measure.disturbance import disturbed
from rnnbench.measure.estimates import Effect, Estimate, across, named
from rnnbench.measure.ratios import CleanTimes
from rnnbench.measure.verdicts import DELTA, Verdict, verdicts
from rnnbench.results.queries import planned_of, shown_streamings
from rnnbench.schema.plan import Planned
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.records.streaming import RowStreaming, Streaming
from rnnbench.schema.row import Row
from rnnbench.schema.sample import StreamTurn
from rnnbench.schema.status import Status


class StreamResult(msgspec.Struct, frozen=True, kw_only=True):
    """One row of one stream; what is not known is None.

    Attributes:
        planned: the comparison.
        row: backend and variant.
        status: how it ended; ``reason`` in one line unless ``ok``.
        kernel: the code that ran.
        params: number of parameters.
        first_step_s: the first step, compilation included.
        error: the largest difference of its outputs from those of the whole sequence.
        latency_us: microseconds from the input of a step to its output, the median; ``p99_us`` the
            99th percentile, of a block.
        steps_per_s: steps in a second, one after the other, each of a whole batch.
        ratio: the latency over that of the fastest row, or of another one that was asked for,
            within rounds; 1 of that row.
        verdict: on that ratio, corrected across the run; None of fewer than three processes, and of
            the row that it is held against.
        rounds: those that were played by all processes together, ``clean`` of them undisturbed.
    """

    planned: Planned
    row: Row
    status: Status
    reason: str | None
    kernel: str | None
    params: int | None
    first_step_s: float | None
    error: float | None
    latency_us: Estimate | None = None
    p99_us: Estimate | None = None
    steps_per_s: Estimate | None = None
    ratio: Estimate | None = None
    verdict: Verdict | None = None
    rounds: int = 0
    clean: int = 0

    @property
    def plain(self) -> dict[str, Any]:
        """The result as a plain object, for scripts."""
        found: dict[str, Any] = {}
        for name, place in FACTS.items():
            value = attrgetter(place)(self)
            found |= named(name, value) if name in ESTIMATES else {name: value}
        return found


#: What is known of a row by the names that scripts see, and where it lies in a result.
FACTS: dict[str, str] = {
    "comparison": "planned.comparison.key",
    **{name: f"planned.comparison.{name}" for name in ("task", "network", "cell")},
    "sizes": "planned.sizes",
    **{name: f"planned.comparison.{name}" for name in ("hidden", "layers", "batch")},
    **{name: f"planned.comparison.{name}" for name in ("device", "dtype", "threads")},
    **{name: f"row.{name}" for name in ("backend", "variant", "environment")},
    **{name: name for name in ("status", "reason")},
    **{name: name for name in ("latency_us", "p99_us", "steps_per_s", "ratio", "verdict")},
    **{name: name for name in ("first_step_s", "params", "error", "kernel", "rounds", "clean")},
}
#: Those that have an interval.
ESTIMATES = frozenset({"latency_us", "p99_us", "steps_per_s", "ratio"})


def stream_results(
    records: Sequence[AnyRecord], baseline: Row | None = None, delta: float = DELTA
) -> list[StreamResult]:
    """Return the figures of all rows of a run, in the order of its plan.

    Args:
        records: of the run.
        baseline: the row that ratios are taken to, the fastest of each comparison if None.
        delta: see :func:`rnnbench.measure.verdicts.verdicts`.
    """
    planned, found = planned_of(records), shown_streamings(records)
    compared = [to_base(one, baseline) for one in found]
    known = [sum(one is not None for one in own.values()) for own in compared]
    # The fastest was chosen by what is judged.
    pairs = None if baseline else sum(comb(count, 2) for count in known)
    judged = iter(verdicts([one for own in compared for one in own.values()], delta, pairs))
    return [
        result(row, planned[one.key], own[row.row], next(judged))
        for one, own in zip(found, compared, strict=True)
        for row in one.rows
    ]


def to_base(record: Streaming, baseline: Row | None = None) -> dict[Row, Effect | None]:
    """Return the latency of each row over that of the fastest or of another row, within rounds.

    None where it has no figures, or no such round.
    """
    medians = {row.row: times(row, median) for row in record.rows}
    if baseline:
        return over(medians, baseline)
    found = over(medians, ratios.fastest({name: effect(own) for name, own in medians.items()}))
    ahead = over(medians, ratios.leader(found))
    return ahead if ratios.is_better([*ahead.values()], [*found.values()]) else found


def over(medians: Mapping[Row, CleanTimes], base: Row | None) -> dict[Row, Effect | None]:
    """Return the latency of each row over that of a base, None where that has none."""
    others = medians.get(base, []) if base else []
    found = {
        name: ratios.ratio(own, others) if own and others else None for name, own in medians.items()
    }
    return {name: UNITY if one and name == base else one for name, one in found.items()}


def result(
    row: RowStreaming, planned: Planned, ratio: Effect | None, verdict: Verdict | None
) -> StreamResult:
    """Return the figures of a row."""
    latency, p99, step = (effect(times(row, kind)) for kind in (median, percentile, wall))
    known = [np.isfinite(own) for own in times(row, wall)]
    return StreamResult(
        planned=planned,
        row=row.row,
        status=row.status,
        reason=row.reason,
        kernel=row.kernel,
        params=row.params,
        first_step_s=row.first_step_s,
        error=row.error,
        latency_us=latency.estimate.scaled(1e6) if latency else None,
        p99_us=p99.estimate.scaled(1e6) if p99 else None,
        steps_per_s=step.estimate.rate(1) if step else None,
        ratio=ratio.estimate if ratio else None,
        verdict=verdict,
        rounds=sum(map(len, known)),
        clean=int(sum(own.sum() for own in known)),
    )


def median(turn: StreamTurn) -> float:
    """Return the median latency of a block, in nanoseconds; likewise what follows."""
    return turn.median_ns


def percentile(turn: StreamTurn) -> float:
    """Return its 99th percentile."""
    return turn.p99_ns


def wall(turn: StreamTurn) -> float:
    """Return the time of a step, with what stands between two of them."""
    return turn.sample.seconds * 1e9


def times(row: RowStreaming, kind: Callable[[StreamTurn], float]) -> CleanTimes:
    """Return the logarithms of some seconds of each process, NaN where others disturbed it."""
    if not row.processes:
        return []
    apart = disturbed([[turn.sample for turn in turns] for turns in row.processes])
    found = np.log([1e-9 * kind(turn) for turns in row.processes for turn in turns])
    return np.split(np.where(apart, np.nan, found), len(row.processes))


def effect(times: CleanTimes) -> Effect | None:
    """Return the centre of the times of a row, None where it has none."""
    return across(times) if times else None
