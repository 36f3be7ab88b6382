"""Few combinations with all pairs: most faults need two values and no more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import TypeVar

T = TypeVar("T")
Pair = frozenset[tuple[int, T]]


def pairwise(axes: Sequence[Sequence[T]]) -> list[tuple[T, ...]]:
    """Return few combinations in which every two values of two axes stand together.

    Greedy: the combination that adds the most pairs comes next. With one or two axes that is their
    whole product (Cohen et al. 1997, The AETG System).

    Args:
        axes: the values of each parameter, all of them different.
    """
    rows = list(product(*axes))
    missing = {pair for row in rows for pair in pairs(row)}
    chosen = []
    while missing:
        best = max(rows, key=lambda row: len(missing.intersection(pairs(row))))
        chosen.append(best)
        missing.difference_update(pairs(best))
    return chosen


def pairs(row: tuple[T, ...]) -> Iterator[Pair[T]]:
    """Yield every two values of a combination, each with its axis; of one axis its value alone."""
    for two in combinations(enumerate(row), min(2, len(row))):
        yield frozenset(two)
