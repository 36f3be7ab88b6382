"""Figures of rows that were given one step at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from rnnbench.measure import ratios
from rnnbench.measure.disturbance import disturbed
from rnnbench.measure.estimates import Effect, Estimate, across
from rnnbench.results.queries import planned_of, streamings
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
        ratio: the latency over that of the fastest row, within rounds.
        rounds: how many were played, ``clean`` of them undisturbed.
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
    rounds: int = 0
    clean: int = 0

    @property
    def plain(self) -> dict[str, Any]:
        """The result as a plain object, for scripts."""
        own = self.planned.comparison
        found: dict[str, Any] = {
            "task": own.task,
            "network": own.network,
            "cell": own.cell,
            "hidden": own.hidden,
            "layers": own.layers,
            "batch": own.batch,
            "device": own.device,
            "dtype": own.dtype,
            "threads": own.threads,
            "backend": self.row.backend,
            "variant": self.row.variant,
            "environment": self.row.environment,
            "status": self.status,
            "reason": self.reason,
        }
        for name in ("latency_us", "p99_us", "steps_per_s", "ratio"):
            found |= (getattr(self, name) or NOTHING).named(name)
        rest = ("first_step_s", "params", "error", "kernel", "rounds", "clean")
        return found | {name: getattr(self, name) for name in rest}


class Unknown:
    """An estimate that there is none of."""

    def named(self, name: str) -> dict[str, float | None]:
        """Return its three fields, all of them None."""
        return dict.fromkeys((name, f"{name}_low", f"{name}_high"))


NOTHING = Unknown()


def stream_results(records: Sequence[AnyRecord]) -> list[StreamResult]:
    """Return the figures of all rows of a run, in the order of its plan."""
    planned = planned_of(records)
    return [result for one in streamings(records) for result in results_of(one, planned[one.key])]


def results_of(record: Streaming, planned: Planned) -> list[StreamResult]:
    """Return the figures of the rows of one comparison."""
    medians = {
        row.row: times(row.turns, [turn.median_ns for turn in row.turns]) for row in record.rows
    }
    effects = {name: across([found]) for name, found in medians.items() if found.size}
    base = ratios.fastest(effects)
    return [
        result(row, planned, effects.get(row.row), over(medians, row.row, base))
        for row in record.rows
    ]


def result(
    row: RowStreaming, planned: Planned, latency: Effect | None, ratio: Effect | None
) -> StreamResult:
    """Return the figures of a row."""
    p99 = across([times(row.turns, [turn.p99_ns for turn in row.turns])]) if row.turns else None
    walls = [turn.sample.seconds * 1e9 for turn in row.turns]
    step = across([times(row.turns, walls)]) if row.turns else None
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
        rounds=len(row.turns),
        clean=int((~np.isnan(times(row.turns, walls))).sum()),
    )


def over(medians: dict[Row, np.ndarray], row: Row, base: Row | None) -> Effect | None:
    """Return the latency of a row over that of the fastest, within rounds."""
    if base in (None, row) or not medians[row].size:
        return None
    return ratios.ratio([medians[row]], [medians[base]])


def times(turns: Sequence[StreamTurn], nanoseconds: Sequence[float]) -> np.ndarray:
    """Return the logarithms of some seconds of each round, NaN where others disturbed it."""
    if not turns:
        return np.empty(0)
    apart = disturbed([[turn.sample for turn in turns]])
    return np.where(apart, np.nan, np.log(np.array(nanoseconds) * 1e-9))
