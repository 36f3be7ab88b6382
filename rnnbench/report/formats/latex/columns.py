"""The columns of a table in LaTeX: their specification, their heads and what stands in them.

Figures are text in columns to the right, or with siunitx numbers that are aligned at their points.
siunitx's own ``S[…(2)]`` leaves the uncertainty of a bold figure light, so value and half width
have a column each, with ± between them; so have a value and its range.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import attrgetter

from msgspec.structs import replace

from rnnbench.report.formats.latex.style import Style
from rnnbench.report.formats.latex.text import escaped
from rnnbench.report.formats.latex.widths import LONGEST, longest, printed, stacked
from rnnbench.report.numbers import Parts, cell_text, heading_of, parts, titled
from rnnbench.report.tables import Cell, Column, Quantity

#: Letters that the space between two columns takes.
GAP = 2
PLUS_MINUS = r"\,$\pm$\,"
#: What stands before a figure; see :class:`rnnbench.report.numbers.Parts`.
SIGNS = {"": "", "~": r"$\sim$", "<": "$<$"}
#: Has a sign that is no digit's stand beside its number, in the room that a column has for a +.
SIGNED = "table-align-text-pre=false, "
#: What makes siunitx print a number as bold as the text around it.
WEIGHT = "detect-weight"


def header(columns: Sequence[Layout]) -> Iterator[str]:
    """Yield the lines of the header: groups of columns, titles, and units where one has any."""
    groups = [(name, list(own)) for name, own in groupby(columns, key=attrgetter("group"))]
    if any(name for name, _ in groups):
        yield from group_lines(groups)
    for number in range(2):
        texts = [each.head[number] for each in columns]
        if any(texts):
            yield line(
                spread(stacked(text), each.width, each.side)
                for text, each in zip(texts, columns, strict=True)
            )


def group_lines(groups: Sequence[tuple[str, Sequence[Layout]]]) -> Iterator[str]:
    """Yield the line of the groups, each above its columns, and the rules below them."""
    widths = [sum(each.width for each in own) for _, own in groups]
    room = [max(LONGEST, sum(each.letters for each in own)) for _, own in groups]
    names = [stacked(name, most) for (name, _), most in zip(groups, room, strict=True)]
    yield line([spread(name, width, "c") for name, width in zip(names, widths, strict=True)])
    rules, place = [], 1
    for (name, _), width in zip(groups, widths, strict=True):
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


@dataclass(frozen=True)
class Layout:
    """A column as LaTeX has it.

    Attributes:
        spec: its part of the specification of the tabular.
        group: the heading that it shares with those beside it.
        side: where its heading stands: ``l``, ``c`` or ``r``.
        width: how many columns of the tabular it takes.
        head: its title, and its unit.
        cells: what stands in it.
        known: in which rows something does.
    """

    spec: str
    group: str
    side: str
    width: int
    head: tuple[str, str]
    cells: list[str]
    known: list[bool]

    @cached_property
    def letters(self) -> int:
        """How wide it is with the space beside it, in letters."""
        return GAP + max(*map(longest, self.head), *map(printed, self.cells))


def layout(column: Column, cells: Sequence[Cell], style: Style) -> Layout:
    """Return how a column is written."""
    head = (titled(column), heading_of(column)[1])
    side = "l" if column.kind == "text" else "r"
    figures = [figure(cell, style) for cell in cells]
    numbers = [one for one in figures if one and is_number(one, style)]
    if style.siunitx and numbers:
        return aligned(column.group, head, cells, figures, style)
    drawn = [bold(as_text(*each), each[0]) for each in zip(cells, figures, strict=True)]
    return Layout(side, column.group, side, 1, head, drawn, list(map(is_known, cells)))


def is_known(cell: Cell) -> bool:
    """Return whether a cell says anything."""
    return cell is not None and not (isinstance(cell, Quantity) and cell.value is None)


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
    text = SIGNS[pieces.sign] + minus(pieces.value)
    if pieces.low:
        text += f" {range_of(pieces)}"
    if pieces.half:
        text += f"{PLUS_MINUS}{pieces.half}"
    unit = (isinstance(cell, Quantity) and cell.unit) or ""
    return f"{text} {escaped(unit)}" if unit else text


def range_of(pieces: Parts) -> str:
    """Return the ends of the interval of a figure in brackets, nothing if it has none."""
    if not pieces.low:
        return ""
    return f"[{minus(escaped(pieces.low))}, {minus(escaped(pieces.high))}]"


def minus(digits: str) -> str:
    """Return a number with a minus sign in place of a hyphen."""
    return f"$-${digits[1:]}" if digits.startswith("-") else digits


def bold(text: str, cell: Cell) -> str:
    """Return a cell in bold if it is the best of its block."""
    return f"\\textbf{{{text}}}" if is_best(cell) else text


def is_best(cell: Cell) -> bool:
    """Return whether a cell is marked."""
    return isinstance(cell, Quantity) and cell.best


def is_number(pieces: Parts, style: Style) -> bool:
    """Return whether a figure is a number that siunitx can align, perhaps with its interval."""
    return not pieces.low or style.interval == "range"


def aligned(
    group: str,
    head: tuple[str, str],
    cells: Sequence[Cell],
    figures: Sequence[Parts | None],
    style: Style,
) -> Layout:
    """Return a column of numbers: one of siunitx, or two: of half widths, or else of ranges."""
    numbers = [one for one in figures if one and is_number(one, style)]
    halves = [one.half for one in numbers if one.half]
    ranges = not halves and any(one.low for one in numbers)
    signed = SIGNED if any(one.sign for one in numbers) else ""
    first = column_of([one.value for one in numbers], signed)
    second = ""
    if halves:
        second = f"@{{{PLUS_MINUS}}}{column_of(halves, 'table-number-alignment=left, ')}"
    elif ranges:
        second = r"@{\ }l"
    width = 2 if second else 1
    drawn = []
    for cell, pieces in zip(cells, figures, strict=True):
        has_unit = isinstance(cell, Quantity) and cell.unit
        if pieces is None or has_unit or not is_number(pieces, style):
            drawn.append(spread(bold(as_text(cell, pieces), cell), width, "r"))
            continue
        both = [number(pieces), pieces.half or range_of(pieces)][:width]
        if is_best(cell):
            both = [text and rf"\bfseries {text}" for text in both]
        if halves and not pieces.half:  # there is no ± to stand between the two
            both[0] = rf"\multicolumn{{1}}{{{first}@{{\phantom{{{PLUS_MINUS}}}}}}}{{{both[0]}}}"
        drawn.append(" & ".join(both))
    return Layout(first + second, group, "c", width, head, drawn, list(map(is_known, cells)))


def number(pieces: Parts) -> str:
    """Return the digits of a figure as siunitx reads them, after a sign that is none of theirs."""
    return f"{{{SIGNS[pieces.sign]}}}{pieces.value}" if pieces.sign else pieces.value


def column_of(digits: Sequence[str], place: str = "") -> str:
    """Return the specification of a column with room for all these numbers.

    Args:
        digits: the numbers.
        place: where they stand in a column that is wider, as an option, or :data:`SIGNED`.
    """
    whole = max(len(one.partition(".")[0].lstrip("-")) for one in digits)
    places = max(len(one.partition(".")[2]) for one in digits)
    sign = "-" if any(one.startswith("-") for one in digits) else "+" * (place == SIGNED)
    return f"S[table-format={sign}{whole}.{places}, {place}mode=text, {WEIGHT}]"
