"""Figures as text, with the digits that their intervals can defend."""

from __future__ import annotations

import math
from decimal import Decimal

import msgspec

from rnnbench.measure.estimates import Estimate
from rnnbench.report.tables import Better, Cell, Column, Form, Quantity
from rnnbench.text import many

#: The largest share of a figure that is written as ±.
WIDE = 0.25


def quantity(estimate: Estimate | None, form: Form = "estimate", digits: int = 2) -> Quantity:
    """Return an estimate as a quantity, an unknown one if there is none."""
    if estimate is None:
        return Quantity(None)
    return Quantity(estimate.value, estimate.low, estimate.high, form, digits)


def cell_text(cell: Cell) -> str:
    """Return what stands in a cell as text."""
    if isinstance(cell, Quantity):
        known = cell.unit and cell.value is not None
        return f"{written(cell)} {cell.unit}" if known else written(cell)
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return "–" if cell is None else cell


def heading_of(column: Column) -> tuple[str, str]:
    """Return the name of a column with its direction, and its unit or what to hold it against."""
    name = " · ".join(filter(None, (column.group, titled(column))))
    return name, f"naive {written(column.naive)}" if column.naive else column.unit


def titled(column: Column) -> str:
    """Return the title of a column within its group, with its direction."""
    return directed(column.title, column.better)


def directed(name: str, better: Better | None) -> str:
    """Return the name of a figure with an arrow to where it is better, if that must be said."""
    return name + {"higher": " ↑", "lower": " ↓", None: ""}[better]


class Parts(msgspec.Struct, frozen=True):
    """The pieces of a figure, from which a format writes it; empty are those that it has not.

    Attributes:
        value: its digits.
        sign: ``~`` of a rough figure, ``<`` of a bound, which stands before it.
        half: half the width of its interval.
        low, high: the ends of its interval, with ``<`` or ``>`` where they are bounds.
    """

    value: str
    sign: str = ""
    half: str = ""
    low: str = ""
    high: str = ""


def written(figure: Quantity) -> str:
    """Return a figure as text, – if it is not known; see :data:`rnnbench.report.tables.Form`."""
    if figure.value is None:
        return "–"
    own = parts(figure, figure.value)
    if own.low:
        return f"{own.value} [{own.low}, {own.high}]"
    return f"{own.value} ±{own.half}" if own.half else own.sign + own.value


def parts(figure: Quantity, value: float) -> Parts:
    """Return the pieces of a figure whose value is known, with the digits it can defend."""
    low, high = figure.low, figure.high
    if value < figure.least:
        return Parts(f"{figure.least:g}", "<")
    if figure.form == "exact":
        return Parts(digits(value, figure.digits))
    if figure.form == "scientific":
        return Parts(f"{value:.{(figure.digits or 1) - 1}e}")
    if figure.form == "power":
        return ranging(figure, value, 2)
    if low is None or high is None:
        return Parts(digits(value, figure.digits), "~")
    if figure.form == "range":
        return ranging(figure, value, decimals((high - low) / 2, max(value, high)) + 1)
    return interval(value, low, high, WIDE if figure.form == "estimate" else math.inf)


def is_wide(figure: Quantity) -> bool:
    """Return whether the farther end of an interval is so far that ± would not tell it."""
    value, low, high = figure.value, figure.low, figure.high
    if value is None or low is None or high is None:
        return False
    return max(high - value, value - low) > WIDE * value


def interval(value: float, low: float, high: float, wide: float) -> Parts:
    """Return ``value ±half`` with the digits that the interval can defend.

    One wider than ``wide`` times the value may be far from symmetric: ``value [low, high]``.
    """
    half = max(high - value, value - low)
    if half > wide * value:
        return Parts(digits(value, 2), low=digits(low, 2), high=digits(high, 2))
    places = decimals(half, value)
    return Parts(fixed(value, places), half=fixed(half, places))


def ranging(figure: Quantity, value: float, places: int) -> Parts:
    """Return ``value [low, high]`` with so many decimals; an unknown end is ``<least``."""
    low = f"<{figure.least:g}" if figure.low is None else fixed(figure.low, places)
    high = f">{figure.most:g}" if figure.high is None else fixed(figure.high, places)
    return Parts(fixed(value, places), low=low, high=high)


def spread(share: float | None, beside: float | None = None) -> str:
    """Return ``±3 %``, or that there is no interval; with more digits if it looks like another."""
    if share is None:
        return "unknown"
    told = f"±{100 * share:.2g} %"
    return f"±{100 * share:.3g} %" if beside is not None and told == spread(beside) else told


def decimals(half_width: float, value: float) -> int:
    """Return how many decimals show the first uncertain digit, four digits of the value at most.

    Fewer than none is tens, hundreds …: of a large half width two digits are shown.
    """
    if half_width <= 0:
        return max(0, 3 - magnitude(value))
    uncertain = magnitude(half_width)
    return max(min(0, 1 - uncertain), min(-uncertain, 3 - magnitude(value)))


def fixed(value: float, places: int) -> str:
    """Return a figure with so many decimals, or of fewer than none in tens."""
    return f"{round(value, places) if places < 0 else value:.{max(0, places)}f}"


def digits(value: float, significant: int | None) -> str:
    """Return a figure with so many significant digits, a count with all; none as 1e6.

    With None it has the fewest digits that are read back as the same number: those it came with.
    """
    if isinstance(value, int):
        return str(value)
    if significant is None:
        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    text = f"{value:#.{significant}g}"
    if "e" not in text:  # as nearly all, and told much sooner
        return text.removesuffix(".")
    rounded = f"{value:.{significant - 1}e}"  # 9.996 has the magnitude of 10.0
    places = significant - 1 - max(-6, int(rounded.partition("e")[2]))
    return f"{float(rounded):.{max(0, places)}f}"


def magnitude(value: float) -> int:
    """Return the power of ten of the first digit, 0 for zero and not below -6."""
    return max(-6, math.floor(math.log10(abs(value)))) if value else 0


def where(device: str, count: int, dtype: str) -> str:
    """Return where a comparison was run: ``cpu, 2 threads, float32``."""
    return f"{device}, {threads(count)}, {dtype}"


def threads(count: int) -> str:
    """Return ``1 thread``, ``2 threads``."""
    return many(count, "thread")
