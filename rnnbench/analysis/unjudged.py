"""The rows of comparisons: what was timed and what was trained, joined, before it is judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from rnnbench.analysis.learning.learnt import learning
from rnnbench.analysis.learning.scores import Trained, trained_rows
from rnnbench.analysis.learning.target import to_target
from rnnbench.analysis.published_figures import printed_beside
from rnnbench.analysis.row_fields.compared import conditions, specification
from rnnbench.analysis.row_fields.ended import ended, origin
from rnnbench.analysis.row_fields.timed import beside_limit, figures, outcome, process, throughput
from rnnbench.analysis.row_result import RowResult
from rnnbench.analysis.row_times import UNITY, MeasuredRows, RowTimes, row_times
from rnnbench.measure import peak_rate
from rnnbench.measure.estimates import Effect, Estimate
from rnnbench.measure.scores import FEWEST_SEEDS, ScorePair
from rnnbench.results.queries import opened_of, peaks, plan_of, planned_of, step_rates, trainings
from rnnbench.schema.comparison import Comparison
from rnnbench.schema.plan import Plan, Planned
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.records.peak import Peak
from rnnbench.schema.records.timing import RowTiming, Timing
from rnnbench.schema.row import Row
from rnnbench.schema.step_product import ProductShape

#: The best GFLOP/s by device, dtype and shape, None for large products.
Rates = Mapping[tuple[str, str, ProductShape | None], Estimate]


class Unjudged(msgspec.Struct, frozen=True, array_like=True):
    """The rows of one comparison.

    Attributes:
        results: its rows, without verdicts.
        ratios: of each of them, that which is to be judged; None where there is none.
        scores: likewise.
    """

    results: list[RowResult]
    ratios: list[Effect | None]
    scores: list[ScorePair | None]


@dataclass(frozen=True)
class Shared:
    """What the rows of all comparisons need of their run.

    Attributes:
        plan: of the run.
        planned: its comparisons, by key.
        processes: what held in the process of each row.
        own_nets: the nets of files that are rows, with their files.
        rates: of large products.
        step_products: of the products of a step.
        trained: what was learnt, by key of the comparison and row.
    """

    plan: Plan
    planned: Mapping[str, Planned]
    processes: Mapping[Row, Mapping[str, Any]]
    own_nets: Mapping[Row, str]
    rates: Rates
    step_products: Rates
    trained: Mapping[tuple[str, Row], Trained]

    @classmethod
    def of(cls, records: Sequence[AnyRecord], timed: Sequence[Timing]) -> Shared:
        """Take it from the records of a run, some of which are those of its comparisons."""
        plan, opened = plan_of(records), opened_of(records)
        return cls(
            plan=plan,
            planned=planned_of(records),
            processes={row: process(opened.get(row)) for row in plan.rows},
            own_nets={net.row: f"{net.path}:{net.name}" for net in plan.own},
            rates=best_rates(peaks(records)),
            step_products=best_rates(step_rates(records)),
            trained=trained_rows(timed, trainings(records), len(plan.seeds)),
        )


def unjudged(
    records: Sequence[AnyRecord], measured: MeasuredRows, baseline: Row | None
) -> list[Unjudged]:
    """Return the rows of some comparisons, which depend on no other comparison.

    Args:
        records: of their run, and of these comparisons.
        measured: what was measured of them.
        baseline: what ratios are taken to, the fastest row of each if None.
    """
    shared = Shared.of(records, measured.timings)
    times = row_times(measured, baseline)
    found = []
    for timing, own in zip(measured.timings, times, strict=True):
        what, rows = shared.planned[timing.key], [row.row for row in timing.rows]
        common = specification(what, timing) | conditions(timing)
        found.append(
            Unjudged(
                [row_result(shared, timing, row, own.get(row.row), common) for row in timing.rows],
                [own[row].ratio if row in own else None for row in rows],
                score_pairs(shared, timing.key, rows, reference(own, baseline)),
            )
        )
    return found


def row_result(
    shared: Shared,
    timing: Timing,
    row: RowTiming,
    times: RowTimes | None,
    common: Mapping[str, Any],
) -> RowResult:
    """Return a row.

    Args:
        shared: what it needs of its run.
        timing: its comparison.
        row: the row.
        times: of it, None if it was not measured.
        common: what all rows of the comparison have.
    """
    what, where = shared.planned[timing.key], place(timing.comparison)
    fields = {**common, **outcome(row), **shared.processes[row.row]}
    fields["own"] = shared.own_nets.get(row.row)
    if times:
        rate = shared.rates.get((*where, None))
        fields |= figures(row, times) | throughput(what, timing, row, times, rate)
        if row.step_products and rate:
            of_shape = shared.step_products.get((*where, row.step_products.shape))
            fields |= beside_limit(row, times, rate, of_shape)
        fields["precision_asked"] = shared.plan.precision
    learnt = shared.trained[timing.key, row.row]
    fields["learning"] = learning(what, learnt)
    step = fields.get("train_step_ms")
    fields |= to_target(what, learnt, step and step.scaled(1e-3), fields.get("compile_s"))
    fields |= ended(row, learnt) | origin(timing, learnt)
    return RowResult(**fields, **printed_beside(what, row.row, fields))


def score_pairs(
    shared: Shared, key: str, rows: Sequence[Row], reference: Row | None
) -> list[ScorePair | None]:
    """Return the scores that are to be judged, each with that of the reference.

    Args:
        shared: what they need of their run.
        key: of the comparison.
        rows: of it.
        reference: the row that the others are held against; None if there is none.
    """
    if reference is None or len(shared.plan.seeds) < FEWEST_SEEDS:
        return [None] * len(rows)
    what, trained = shared.planned[key], {row: shared.trained[key, row].scores for row in rows}
    return [
        None
        if row == reference
        else ScorePair(trained[row], trained[reference], what.naive_score, what.higher_is_better)
        for row in rows
    ]


def reference(times: Mapping[Row, RowTimes], baseline: Row | None) -> Row | None:
    """Return the row that scores are held against: that which ratios are taken to.

    A comparison that was too disturbed for ratios has scores all the same: there it is the first.
    """
    if baseline:
        return baseline if baseline in times else None
    bases = (row for row, one in times.items() if one.ratio is UNITY)
    return next(bases, next(iter(times), None))


def place(comparison: Comparison) -> tuple[str, str]:
    """Return on which device and in which dtype a comparison was timed."""
    return comparison.device, comparison.dtype


def best_rates(measured: Iterable[Peak]) -> Rates:
    """Return the best GFLOP/s of any backend's matrix product, by device, dtype and shape."""
    products: dict[tuple[str, str, ProductShape | None], dict[str, list[Peak]]] = {}
    for peak in measured:
        backends = products.setdefault((peak.device, peak.dtype, peak.shape), {})
        backends.setdefault(peak.backend, []).append(peak)
    found = {
        where: peak_rate.best(map(peak_rate.rate, backends.values()))
        for where, backends in products.items()
    }
    return {where: best for where, best in found.items() if best is not None}
