"""The time that spans spend in themselves and in none of the spans within them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Span(NamedTuple):
    """Something that took time.

    Attributes:
        name: what it was.
        start: when it began.
        duration: how long it took, in the same unit.
    """

    name: str
    start: float
    duration: float


def self_times(spans: Iterable[Span]) -> Iterator[tuple[str, float]]:
    """Yield the name of each span of one thread, and its duration less that of those within it.

    A thread does one thing at a time, so spans lie within each other or apart. Clocks round: one
    that ends after what it lies in counts only up to there.
    """
    open_: list[list[float]] = []  # by depth: the end of a span, and what lies within it
    names: list[str] = []
    durations: list[float] = []

    def close() -> tuple[str, float]:
        _, within = open_.pop()
        return names.pop(), max(0.0, durations.pop() - within)

    for name, start, duration in sorted(spans, key=lambda one: (one.start, -one.duration)):
        while open_ and open_[-1][0] <= start:
            yield close()
        end = min([start + duration, *(outer for outer, _ in open_[-1:])])
        if open_:
            open_[-1][1] += end - start
        open_.append([end, 0.0])
        names.append(name)
        durations.append(end - start)
    while open_:
        yield close()
