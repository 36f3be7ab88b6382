"""The rows of a run, with the verdicts on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from math import comb
from typing import Any

from msgspec.structs import replace

from rnnbench.analysis.learning.scores import score_pairs
from rnnbench.analysis.row_result import RowResult
from rnnbench.analysis.unjudged import Shared, Unjudged, unjudged
from rnnbench.measure.scores import FEWEST_SEEDS, SCORE_DELTA, score_verdicts
from rnnbench.measure.verdicts import DELTA, verdicts
from rnnbench.results.queries import shown_timings
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.row import Row
from rnnbench.system.halves import in_halves


def row_results(
    records: Sequence[AnyRecord],
    baseline: Row | None = None,
    delta: float = DELTA,
    score_delta: float = SCORE_DELTA,
) -> list[RowResult]:
    """Return the rows that have been timed, in the order they were measured.

    Args:
        records: of one run, its :class:`~rnnbench.schema.records.beginning.Run` first.
        baseline: what ratios and verdicts refer to; the fastest row of a block by default.
        delta: see :func:`rnnbench.measure.verdicts.verdicts`.
        score_delta: see :func:`rnnbench.measure.scores.score_verdicts`.
    """
    timed = shown_timings(records)
    shared = Shared.of(records, timed, baseline)
    found = in_halves(partial(unjudged, shared), timed, list[Unjudged])
    return list(judged(shared, found, delta, score_delta))


def judged(
    shared: Shared, found: Sequence[Unjudged], delta: float, score_delta: float
) -> Iterator[RowResult]:
    """Yield all rows of a run with the verdicts on them, which are corrected for each other.

    Args:
        shared: what they have of their run.
        found: the rows, by comparison.
        delta: see :func:`row_results`.
        score_delta: likewise.
    """
    ratios = [ratio for one in found for ratio in one.ratios]
    on_ratios = iter(verdicts(ratios, delta, None if shared.baseline else pairs(found)))
    on_scores = judged_scores(shared, found, score_delta)
    for one in found:
        for result in one.results:
            known = on_scores.get((result.comparison, result.row), {})
            if verdict := next(on_ratios):
                known = {**known, "verdict": verdict}
            yield replace(result, **known) if known else result


def pairs(found: Sequence[Unjudged]) -> int:
    """Return in how many pairs of rows one could have come out as the fastest."""
    return sum(comb(sum(ratio is not None for ratio in one.ratios), 2) for one in found)


def judged_scores(
    shared: Shared, found: Sequence[Unjudged], delta: float
) -> dict[tuple[str, Row], dict[str, Any]]:
    """Return the differences and verdicts of scores, by key of the comparison and row."""
    if len(shared.plan.seeds) < FEWEST_SEEDS:
        return {}
    references = {one.results[0].comparison: one.reference for one in found if one.reference}
    pairs = score_pairs(shared.trained, references, shared.planned)
    verdicts = score_verdicts(list(pairs.values()), delta)
    return {
        key: {"score_difference": pair.difference, "score_verdict": verdict}
        for (key, pair), verdict in zip(pairs.items(), verdicts, strict=True)
    }
