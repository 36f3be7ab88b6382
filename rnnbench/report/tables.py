"""The table model: what every format draws, and none of them parses again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from rnnbench.report.run_origin import Made

#: How a figure is written:
#: ``exact``      its value alone;
#: ``scientific`` likewise, with a power of ten;
#: ``estimate``   ``value ±half``, ``value [low, high]`` if that is wide, ``~value`` if unknown;
#: ``symmetric``  the same, however wide;
#: ``range``      ``value [low, high]`` always;
#: ``power``      a range with two decimals.
Form = Literal["exact", "scientific", "estimate", "symmetric", "range", "power"]


class Quantity(msgspec.Struct, frozen=True):
    """A figure in a table, drawn by :mod:`rnnbench.report.numbers`.

    Attributes:
        value: None if it is not known.
        low, high: the ends of its interval, None if it has none.
        form: how it is written.
        digits: significant digits where no interval tells them; None for a figure that others have
            printed, which has the digits it came with.
        least, most: beyond these it can't be told: what lies there is written ``<least``,
            ``>most``.
        unit: None if it is that of its column.
        best: whether it is the best of its block, or can't be told from it.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    form: Form = "exact"
    digits: int | None = 2
    least: float = -math.inf
    most: float = math.inf
    unit: str | None = None
    best: bool = False


#: What stands in a table; None is not known.
Cell = str | bool | Quantity | None

#: What a column holds, for formats with types: texts, yes or no, whole numbers, numbers, or numbers
#: with an interval. A text among figures says why there is none.
Kind = Literal["text", "flag", "count", "figure", "estimate"]


#: In which direction a figure is better.
Better = Literal["higher", "lower"]


class Column(msgspec.Struct, frozen=True):
    """A column.

    Attributes:
        key: names it for scripts and options: ``train_step_ms``. No two columns share one.
        title: names it for people; it may be empty.
        unit: of its figures, or what stands in its place.
        kind: what it holds.
        better: which direction is better, where that must be said.
        naive: what to hold it against: the figure of a predictor that has learnt nothing.
        group: what it shares with the columns beside it, as a heading above these.
        below: whether text, whose lines should not be long, has it below the others, under the same
            names of rows.
    """

    key: str
    title: str
    unit: str = ""
    kind: Kind = "text"
    better: Better | None = None
    naive: Quantity | None = None
    group: str = ""
    below: bool = False


@dataclass(frozen=True)
class Table:
    """A table as it is shown: one comparison, or many that a pivot has put side by side.

    Attributes:
        title: such as task and cell.
        setting: what holds for all of it: sizes, device, threads and dtype.
        columns: at least one; the first names the rows.
        rows: one entry per column each.
        notes: what stands below: why rows failed, how precise the timing is.
        made: the runs that it is made of.
    """

    title: str
    setting: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = field(default_factory=list)
    made: Sequence[Made] = ()
