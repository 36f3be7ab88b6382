"""Which rows of a block are the best, and which can't be told from these."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from rnnbench.analysis.row_result import RowResult
from rnnbench.analysis.streaming import StreamResult
from rnnbench.measure.estimates import Estimate
from rnnbench.report.tables import Cell, Quantity

#: The rows of a block: of training steps, or of a stream.
Results = Sequence[RowResult | StreamResult]
#: Verdicts that leave a row as fast as the fastest, as far as anybody can tell.
TIED = frozenset({"same", "undecided"})


def marked(
    results: Results, keys: Sequence[str], rows: Sequence[Sequence[Cell]]
) -> list[list[Cell]]:
    """Return the cells of rows, the best of them marked.

    Args:
        results: of one comparison in one run, as nothing else was measured side by side.
        keys: of the columns.
        rows: the cells of each of these results.
    """
    found = [list(row) for row in rows]
    for column, key in enumerate(keys):
        for number in RULES[key](results) if key in RULES else ():
            if isinstance(cell := found[number][column], Quantity):
                found[number][column] = replace(cell, best=True)
    return found


def fastest(results: Results) -> Iterator[int]:
    """Yield which rows are the fastest, by their ratios, which were taken round by round.

    A row ties with the fastest if their intervals overlap; where the fastest is what ratios are
    taken to, and there are verdicts, if the verdict does not tell them apart.
    """
    found = {number: one.ratio for number, one in enumerate(results) if one.ratio}
    if len(found) < 2:
        return
    first = min(found, key=lambda number: found[number].value)
    for number, ratio in found.items():
        verdict = results[number].verdict if found[first].value == 1 else None
        if verdict in TIED or (verdict is None and overlap(ratio, found[first])):
            yield number


def most_accurate(results: Sequence[RowResult]) -> Iterator[int]:
    """Yield which rows have the best score, or one whose interval overlaps with that.

    None where trained with a single seed: nothing can be concluded from that.
    """
    found = {k: one.score for k, one in enumerate(results) if one.score}
    if len(found) < 2 or any(score.low is None for score in found.values()):
        return
    sign = -1 if results[0].score_higher_is_better else 1
    first = min(found.values(), key=lambda score: sign * score.value)
    yield from (number for number, score in found.items() if overlap(score, first))


def overlap(one: Estimate, other: Estimate) -> bool:
    """Return whether two intervals have a value in common; a figure without one is a point."""
    (low, high), (other_low, other_high) = map(ends, (one, other))
    return low <= other_high and other_low <= high


def ends(one: Estimate) -> tuple[float, float]:
    """Return the ends of an interval, twice the figure where there is none."""
    return (
        one.value if one.low is None else one.low,
        one.value if one.high is None else one.high,
    )


#: By the key of a column.
RULES: dict[str, Callable[[Any], Iterator[int]]] = {
    "train_step_ms": fastest,
    "latency_us": fastest,
    "ratio": fastest,
    "score": most_accurate,
}
