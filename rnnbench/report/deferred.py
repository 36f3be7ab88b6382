"""Tables that may be thousands: each is made when it is drawn, half of them in a child."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import overload

from rnnbench.report.tables import Table
from rnnbench.system.halves import in_halves


@dataclass(frozen=True)
class Deferred(Sequence[Table]):
    """Tables that are not made before they are asked for, each time anew.

    Attributes:
        makers: make one each.
    """

    makers: Sequence[Callable[[], Table]]

    def __len__(self) -> int:
        return len(self.makers)

    @overload
    def __getitem__(self, which: int) -> Table: ...
    @overload
    def __getitem__(self, which: slice) -> Deferred: ...
    def __getitem__(self, which: int | slice) -> Table | Deferred:
        if isinstance(which, slice):
            return Deferred(self.makers[which])
        return self.makers[which]()

    def and_then(self, further: Iterable[Table]) -> Deferred:
        """Return these and further tables."""
        return Deferred([*self.makers, *(partial(itself, one) for one in further)])


def itself(table: Table) -> Table:
    """Return what is there already."""
    return table


def drawn_each(draw: Callable[[Table], str], tables: Sequence[Table]) -> list[str]:
    """Return tables as texts.

    Args:
        draw: makes the text of one of them, and changes nothing.
        tables: one by one.
    """
    return in_halves(lambda some: list(map(draw, some)), tables, list[str])
