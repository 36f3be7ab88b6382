"""The table model: what every format draws."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import msgspec

#: How a figure is written:
#: ``exact``      its value alone;
#: ``estimate``   ``value ±half``, ``value [low, high]`` if that is wide, ``~value`` if unknown;
#: ``symmetric``  the same, however wide;
#: ``range``      ``value [low, high]`` always;
#: ``power``      likewise, with two decimals.
Form = Literal["exact", "estimate", "symmetric", "range", "power"]


class Quantity(msgspec.Struct, frozen=True):
    """A figure in a table, drawn by :mod:`rnnbench.report.numbers`.

    Attributes:
        value: None if it is not known.
        low, high: the ends of its interval, None if it has none.
        form: how it is written.
        digits: significant digits where no interval tells them.
        least, most: beyond these it can't be told: what lies there is written ``<least``,
            ``>most``.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    form: Form = "exact"
    digits: int = 2
    least: float = -math.inf
    most: float = math.inf


#: What stands in a table.
Cell = str | Quantity


@dataclass(frozen=True)
class Column:
    """The heading of a column.

    Attributes:
        name: what it shows.
        unit: its unit, or what stands in its place.
        naive: what to hold it against: the figure of a predictor that has learnt nothing.
        better: which direction is better, where that must be said.
    """

    name: str
    unit: str = ""
    naive: Quantity | None = None
    better: Literal["higher", "lower"] | None = None


@dataclass(frozen=True)
class Table:
    """One comparison as it is shown.

    Attributes:
        title: task and cell.
        setting: sizes, device, threads and dtype.
        header: one entry per column.
        rows: one entry per column each.
        notes: what stands below: why rows failed, how precise the timing is.
    """

    title: str
    setting: str
    header: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = field(default_factory=list)
