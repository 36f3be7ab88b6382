"""The columns of a table in LaTeX: their specification, their heads and what stands in them.

Figures are text in columns to the right, or with siunitx numbers that are aligned at their points.
siunitx's own ``S[…(2)]`` leaves the uncertainty of a bold figure light, so value and half width
have a column each, with ± between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from msgspec.structs import replace

from rnnbench.report.formats.latex.style import Style
from rnnbench.report.formats.latex.text import escaped
from rnnbench.report.numbers import Parts, cell_text, heading_of, parts, titled
from rnnbench.report.tables import Cell, Column, Quantity

PLUS_MINUS = r"\,$\pm$\,"
#: What makes siunitx print a number as bold as the text around it.
WEIGHT = "detect-weight"


def header(columns: Sequence[Layout]) -> Iterator[str]:
    """Yield the lines of the header: groups of columns, titles, and units where one has any."""
    groups = [(name, list(own)) for name, own in groupby(columns, key=attrgetter("group"))]
    if any(name for name, _ in groups):
        yield from group_lines([(name, sum(each.width for each in own)) for name, own in groups])
    for number in range(2):
        texts = [each.head[number] for each in columns]
        if any(texts):
            yield line(
                spread(escaped(text), each.width, each.side)
                for text, each in zip(texts, columns, strict=True)
            )


def group_lines(groups: Sequence[tuple[str, int]]) -> Iterator[str]:
    """Yield the line of the groups, each with its width in columns, and the rules below them."""
    yield line([spread(escaped(name), width, "c") for name, width in groups])
    rules, place = [], 1
    for name, width in groups:
        if name:
            rules.append(f"\\cmidrule(lr){{{place}-{place + width - 1}}}")
        place += width
    yield " ".join(rules)


def line(cells: Iterator[str] | Sequence[str]) -> str:
    """Return a line of a table."""
    return f"{' & '.join(cells)} \\\\"


def spread(text: str, columns: int, side: str) -> str:
    """Return a text over some columns of numbers, or in braces over one: it is no number."""
    return f"\\multicolumn{{{columns}}}{{{side}}}{{{text}}}" if text else " & " * (columns - 1)


class Layout(NamedTuple):
    """A column as LaTeX has it.

    Attributes:
        spec: its part of the specification of the tabular.
        group: the heading that it shares with those beside it.
        side: where its heading stands: ``l``, ``c`` or ``r``.
        width: how many columns of the tabular it takes.
        head: its title, and its unit.
        cells: what stands in it.
    """

    spec: str
    group: str
    side: str
    width: int
    head: tuple[str, str]
    cells: list[str]


def layout(column: Column, cells: Sequence[Cell], style: Style) -> Layout:
    """Return how a column is written."""
    head = (titled(column), heading_of(column)[1])
    side = "l" if column.kind == "text" else "r"
    figures = [figure(cell, style) for cell in cells]
    numbers = [one for one in figures if one and is_number(one)]
    if style.siunitx and numbers:
        return aligned(column.group, head, cells, figures, numbers)
    drawn = [bold(as_text(*each), each[0]) for each in zip(cells, figures, strict=True)]
    return Layout(side, column.group, side, 1, head, drawn)


def figure(cell: Cell, style: Style) -> Parts | None:
    """Return the pieces of a figure, None for a text or what is not known."""
    if not isinstance(cell, Quantity) or cell.value is None:
        return None
    if style.interval == "range" and cell.form in ("estimate", "symmetric"):
        cell = replace(cell, form="range" if cell.low is not None else cell.form)
    return parts(cell, cell.value or 0.0)


def as_text(cell: Cell, pieces: Parts | None) -> str:
    """Return a cell as text."""
    if pieces is None:
        return escaped(cell_text(cell))
    value, sign, half, low, high = pieces
    unit = (isinstance(cell, Quantity) and cell.unit) or ""
    text = {"": "", "~": r"$\sim$", "<": "$<$"}[sign] + minus(value)
    if low:
        text += f" [{minus(escaped(low))}, {minus(escaped(high))}]"
    return text + f"{PLUS_MINUS}{half}" * bool(half) + (f" {escaped(unit)}" if unit else "")


def minus(digits: str) -> str:
    """Return a number with a minus sign in place of a hyphen."""
    return f"$-${digits[1:]}" if digits.startswith("-") else digits


def bold(text: str, cell: Cell) -> str:
    """Return a cell in bold if it is the best of its block."""
    return f"\\textbf{{{text}}}" if is_best(cell) else text


def is_best(cell: Cell) -> bool:
    """Return whether a cell is marked."""
    return isinstance(cell, Quantity) and cell.best


def is_number(pieces: Parts) -> bool:
    """Return whether a figure is a number that siunitx can align, with half a width or without."""
    return not (pieces.sign or pieces.low)


def aligned(
    group: str,
    head: tuple[str, str],
    cells: Sequence[Cell],
    figures: Sequence[Parts | None],
    numbers: Sequence[Parts],
) -> Layout:
    """Return a column of numbers: one of siunitx, or two with ± between them."""
    halves = [one.half for one in numbers if one.half]
    spec = column_of([one.value for one in numbers])
    if halves:
        spec += f"@{{{PLUS_MINUS}}}{column_of(halves)}"
    width = 2 if halves else 1
    drawn = []
    for cell, pieces in zip(cells, figures, strict=True):
        weight = r"\bfseries " if is_best(cell) else ""
        whole = pieces is not None and is_number(pieces) and bool(pieces.half) == (width == 2)
        if pieces is None or not whole or (isinstance(cell, Quantity) and cell.unit):
            drawn.append(spread(bold(as_text(cell, pieces), cell), width, "r"))
        else:
            both = [pieces.value, pieces.half][:width]
            drawn.append(" & ".join(f"{weight}{digits}" for digits in both))
    return Layout(spec, group, "c", width, head, drawn)


def column_of(digits: Sequence[str]) -> str:
    """Return the specification of a column with room for all these numbers."""
    whole = max(len(one.partition(".")[0].lstrip("-")) for one in digits)
    places = max(len(one.partition(".")[2]) for one in digits)
    sign = "-" if any(one.startswith("-") for one in digits) else ""
    return f"S[table-format={sign}{whole}.{places}, mode=text, {WEIGHT}]"
