"""What stands below a table of rows that have learnt nothing, whatever their times are worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rnnbench.analysis.learning.learnt import FAR
from rnnbench.analysis.row_result import RowResult
from rnnbench.report.numbers import digits
from rnnbench.text import many


def trained(results: Sequence[RowResult]) -> str | None:
    """Return how the rows of a comparison were trained, None where nothing was."""
    seeds = max(one.seeds for one in results)
    return f"{results[0].training}, {many(seeds, 'seed')}" if seeds else None


def remarks(results: Sequence[RowResult]) -> Iterator[str]:
    """Yield a line on each kind of training of a comparison from which nothing was learnt."""
    if any(one.learning == "nothing to learn" for one in results):
        yield "nothing to learn: the naive predictor makes no mistake in these data"
    for one in results:
        if one.learning == "diverged":
            yield f"{one.row} diverged: its loss ends above where it began{_far(one)}"
    kept = [f"{one.row} step {one.kept_steps}" for one in results if one.kept_steps]
    if kept:
        yield f"weights kept by early stopping: {'; '.join(kept)}"
    poor = [f"{one.row}{_far(one)}" for one in results if one.learning == "not better than naive"]
    if poor:
        yield f"not better than the naive predictor: {'; '.join(poor)}"
    if any(one.target_reached for one in results):
        yield _target(results)


def _target(results: Sequence[RowResult]) -> str:
    """Return which score is to be reached, and which rows have not."""
    first = results[0]
    few = [one for one in results if one.target_reached and one.target_steps is None]
    told = f"; not reached: {', '.join(str(one.row) for one in few)}" if few else ""
    return f"target: {first.score_name} {first.target_score:g}{told}"


def _far(one: RowResult) -> str:
    """Return how far above the naive loss a row is, its mean over seeds, where it is far."""
    times = (one.loss or 0.0) / one.naive_loss
    return f", at {digits(times, 2)} times the naive loss" if times >= FAR else ""
