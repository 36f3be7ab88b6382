"""Tables that may be thousands: each is made only when it is drawn, half of them in a child."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar, overload

from rnnbench.report.tables import Table
from rnnbench.system.halves import in_halves

Item = TypeVar("Item")


@dataclass(frozen=True)
class Deferred(Sequence[Item], Generic[Item]):
    """Tables, rows or sections of pages, each made when it is asked for, each time anew.

    Attributes:
        makers: make one each.
    """

    makers: Sequence[Callable[[], Item]]

    def __len__(self) -> int:
        return len(self.makers)

    @overload
    def __getitem__(self, which: int) -> Item: ...
    @overload
    def __getitem__(self, which: slice) -> Deferred[Item]: ...
    def __getitem__(self, which: int | slice) -> Item | Deferred[Item]:
        if isinstance(which, slice):
            return Deferred(self.makers[which])
        return self.makers[which]()

    def and_then(self, further: Iterable[Item]) -> Deferred[Item]:
        """Return these and further tables."""
        return Deferred([*self.makers, *(partial(itself, one) for one in further)])


def itself(made: Item) -> Item:
    """Return what is there already."""
    return made


def drawn_each(draw: Callable[[Table], str], tables: Sequence[Table]) -> list[str]:
    """Return tables as texts.

    Args:
        draw: makes the text of one of them, and changes nothing.
        tables: one by one.
    """
    return in_halves(lambda some: list(map(draw, some)), tables, list[str])
