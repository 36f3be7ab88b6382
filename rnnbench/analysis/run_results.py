"""The rows of a run, with the verdicts on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import comb
from typing import Any

from msgspec.structs import replace

from rnnbench.analysis.row_result import RowResult
from rnnbench.analysis.row_times import MeasuredRows
from rnnbench.analysis.unjudged import Unjudged, unjudged
from rnnbench.measure.scores import SCORE_DELTA, score_verdicts
from rnnbench.measure.verdicts import DELTA, verdicts
from rnnbench.results.queries import shown_timings
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.row import Row


def row_results(
    records: Sequence[AnyRecord],
    baseline: Row | None = None,
    delta: float = DELTA,
    score_delta: float = SCORE_DELTA,
) -> list[RowResult]:
    """Return the rows that have been timed, in the order of its plan.

    Args:
        records: of one run, its :class:`~rnnbench.schema.records.beginning.Run` first.
        baseline: what ratios and verdicts refer to; the fastest row of a block by default.
        delta: see :func:`rnnbench.measure.verdicts.verdicts`.
        score_delta: see :func:`rnnbench.measure.scores.score_verdicts`.
    """
    measured = MeasuredRows(shown_timings(records))
    found = unjudged(records, measured, baseline)
    return list(judged(found, baseline is None, delta, score_delta))


def judged(
    found: Sequence[Unjudged], to_fastest: bool, delta: float, score_delta: float
) -> Iterator[RowResult]:
    """Yield all rows of a run with the verdicts on them, which are corrected for each other.

    Args:
        found: the rows, by comparison.
        to_fastest: whether ratios are to the fastest row of each, and not to one that was named.
        delta: see :func:`row_results`.
        score_delta: likewise.
    """
    ratios = [ratio for one in found for ratio in one.ratios]
    on_ratios = verdicts(ratios, delta, pairs(found) if to_fastest else None)
    scores = [pair for one in found for pair in one.scores]
    on_scores = score_verdicts(scores, score_delta)
    results = (result for one in found for result in one.results)
    for result, ranked, pair, scored in zip(results, on_ratios, scores, on_scores, strict=True):
        known: dict[str, Any] = {"verdict": ranked} if ranked else {}
        if pair:
            known |= {"score_difference": pair.difference, "score_verdict": scored}
        yield replace(result, **known) if known else result


def pairs(found: Sequence[Unjudged]) -> int:
    """Return in how many pairs of rows one could have come out as the fastest."""
    return sum(comb(sum(ratio is not None for ratio in one.ratios), 2) for one in found)
