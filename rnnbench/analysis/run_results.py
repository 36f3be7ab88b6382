"""The rows of a run: what was timed and what was trained, joined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import comb
from typing import Any

from rnnbench.analysis.learning.learnt import learning
from rnnbench.analysis.learning.scores import score_pairs, trained_rows
from rnnbench.analysis.learning.target import to_target
from rnnbench.analysis.published_figures import printed_beside
from rnnbench.analysis.row_fields.compared import conditions, specification
from rnnbench.analysis.row_fields.ended import ended, origin
from rnnbench.analysis.row_fields.timed import beside_limit, figures, outcome, process, throughput
from rnnbench.analysis.row_result import RowResult
from rnnbench.analysis.row_times import UNITY, MeasuredRows, RowTimes, row_times
from rnnbench.measure import peak_rate
from rnnbench.measure.estimates import Estimate
from rnnbench.measure.scores import FEWEST_SEEDS, SCORE_DELTA, ScorePair, score_verdicts
from rnnbench.measure.verdicts import DELTA, Verdict, verdicts
from rnnbench.results.queries import (
    opened_of,
    peaks,
    plan_of,
    planned_of,
    shown_timings,
    step_rates,
    trainings,
)
from rnnbench.schema.comparison import Comparison
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.records.peak import Peak
from rnnbench.schema.records.timing import Timing
from rnnbench.schema.row import Row
from rnnbench.schema.step_product import ProductShape


def row_results(
    records: Sequence[AnyRecord],
    baseline: Row | None = None,
    delta: float = DELTA,
    measured: MeasuredRows | None = None,
    score_delta: float = SCORE_DELTA,
) -> list[RowResult]:
    """Return the rows that have been timed, in the order they were measured.

    Args:
        records: of one run, its :class:`~rnnbench.schema.records.beginning.Run` first.
        baseline: what ratios and verdicts refer to; the fastest row of a block by default.
        delta: see :func:`rnnbench.measure.verdicts.verdicts`.
        measured: the rows with figures, where the caller needs their blocks as well.
        score_delta: see :func:`rnnbench.measure.scores.score_verdicts`.
    """
    plan, planned, opened = plan_of(records), planned_of(records), opened_of(records)
    processes = {row: process(opened.get(row)) for row in plan.rows}
    own_nets = {net.row: f"{net.path}:{net.name}" for net in plan.own}
    timed, rates = shown_timings(records), best_rates(peaks(records))
    step_products = best_rates(step_rates(records))
    times = row_times(measured or MeasuredRows(timed), baseline)
    judged = judgements(times, delta, baseline)
    trained = trained_rows(timed, trainings(records), len(plan.seeds))
    bases = references(timed, times, baseline)
    judging = len(plan.seeds) >= FEWEST_SEEDS
    scores = judged_scores(score_pairs(trained, bases, planned), score_delta) if judging else {}
    found = []
    for timing, own_times in zip(timed, times, strict=True):
        what, where = planned[timing.key], place(timing.comparison)
        rate = rates.get((*where, None))
        common = specification(what, timing) | conditions(timing)
        for row in timing.rows:
            fields = {**common, **outcome(row), **processes[row.row]}
            fields["own"] = own_nets.get(row.row)
            if own := own_times.get(row.row):
                fields |= figures(row, own, next(judged)) | throughput(what, timing, row, own, rate)
                if row.step_products and rate:
                    of_shape = step_products.get((*where, row.step_products.shape))
                    fields |= beside_limit(row, own, rate, of_shape)
                fields["precision_asked"] = plan.precision
            learnt = trained[timing.key, row.row]
            fields["learning"] = learning(what, learnt)
            step = fields.get("train_step_ms")
            fields |= to_target(what, learnt, step and step.scaled(1e-3), fields.get("compile_s"))
            fields |= scores.get((timing.key, row.row), {})
            fields |= ended(row, learnt) | origin(timing, learnt)
            found.append(RowResult(**fields, **printed_beside(what, row.row, fields)))
    return found


def judgements(
    times: Sequence[Mapping[Row, RowTimes]], delta: float, baseline: Row | None
) -> Iterator[Verdict | None]:
    """Return the verdicts on all ratios of a run, in the order of its rows."""
    ratios = [one.ratio for comparison in times for one in comparison.values()]
    return iter(verdicts(ratios, delta, None if baseline else pairs(times)))


def references(
    timed: Sequence[Timing], times: Sequence[Mapping[Row, RowTimes]], baseline: Row | None
) -> dict[str, Row]:
    """Return the row that the scores of each comparison are held against, where there is one."""
    found = zip(timed, times, strict=True)
    return {timing.key: row for timing, own in found if (row := reference(own, baseline))}


def reference(times: Mapping[Row, RowTimes], baseline: Row | None) -> Row | None:
    """Return the row that scores are held against: that which ratios are taken to.

    A comparison that was too disturbed for ratios has scores all the same: there it is the first.
    """
    if baseline:
        return baseline if baseline in times else None
    bases = (row for row, one in times.items() if one.ratio is UNITY)
    return next(bases, next(iter(times), None))


def judged_scores(
    pairs: Mapping[tuple[str, Row], ScorePair], delta: float
) -> dict[tuple[str, Row], dict[str, Any]]:
    """Return the differences and verdicts of scores, by key of the comparison and row."""
    verdicts = score_verdicts(list(pairs.values()), delta)
    return {
        key: {"score_difference": pair.difference, "score_verdict": verdict}
        for (key, pair), verdict in zip(pairs.items(), verdicts, strict=True)
    }


def pairs(times: Sequence[Mapping[Row, RowTimes]]) -> int:
    """Return in how many pairs of rows one could have come out as the fastest."""
    return sum(comb(sum(one.ratio is not None for one in found.values()), 2) for found in times)


def place(comparison: Comparison) -> tuple[str, str]:
    """Return on which device and in which dtype a comparison was timed."""
    return comparison.device, comparison.dtype


def best_rates(
    measured: Iterable[Peak],
) -> dict[tuple[str, str, ProductShape | None], Estimate]:
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
