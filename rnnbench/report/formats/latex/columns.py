"""The columns of a table in LaTeX: their specification, their heads and what stands in them.

Figures are text in columns to the right, or with siunitx numbers that are aligned at their points.
siunitx's own ``S[…(2)]`` leaves the uncertainty of a bold figure light, so value and half width
have a column each, with ± between them; so have a value and its range. What is wider than such a
pair, LaTeX would give room to the right of it, away from the words at the right edge: therefore
the heading stands in the first of the two and makes it wide enough.
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
#: Before a table of siunitx: figures stand at the right edge of their columns, as words do, and the
#: digits of bold ones are as wide as others in the fonts of LaTeX, or their points were elsewhere;
#: smaller letters have no such bold ones, but there is little between their points.
ALIGNED = (
    r"\sisetup{table-number-alignment=right}"
    r"\renewcommand{\bfdefault}{\ifdim\csname f@size\endcsname pt<8pt bx\else b\fi}"
)
#: A heading in the first of two columns: above the end of what stands in the second, and in a box
#: that makes both as wide as the heading and what else stands in them.
OVER = (
    r"\def\rnnbenchover#1#2#3{\sbox0{#1}\sbox2{#2}\sbox4{#3}"
    r"\dimen0=\wd\ifdim\wd0>\wd4 0\else 4\fi\advance\dimen0-\wd2"
    r"\hbox to\dimen0{\hss\usebox0\hskip-\wd2}}"
)


def header(columns: Sequence[Layout]) -> Iterator[str]:
    """Yield the lines of the header: groups of columns, titles, and units where one has any."""
    groups = [(name, list(own)) for name, own in groupby(columns, key=attrgetter("group"))]
    if any(name for name, _ in groups):
        yield from group_lines(groups)
    if any(each.head[0] for each in columns):
        yield line(title(each, share_of(name, own)) for name, own in groups for each in own)
    if any(each.head[1] for each in columns):
        yield line(spread(heading(each, 1), each.width, each.side) for each in columns)


def heading(column: Layout, number: int) -> str:
    """Return one of the two lines of the heading of a column."""
    return stacked(column.head[number], side=column.side)


def title(column: Layout, share: str) -> str:
    """Return the title of a column, in the first of two if it has them.

    Then there is room for the second beside it: a long table learns only in a second run of LaTeX
    how wide the columns below its head are.

    Args:
        column: the column.
        share: what is as wide as its share of the heading that it shares with others.
    """
    text = heading(column, 0)
    if not column.beside:
        return spread(text, column.width, column.side)
    least = r" \\ ".join(filter(None, (column.word, heading(column, 1), share)))
    box = rf"\rnnbenchover{{{text}}}{{{column.beside}}}{{\shortstack{{{least}}}}}"
    second = rf"\multicolumn{{1}}{{@{{}}l}}{{\hphantom{{{column.beside}}}}}"
    return rf"\multicolumn{{1}}{{r@{{}}}}{{{box}}} & {second}"


def share_of(name: str, columns: Sequence[Layout]) -> str:
    """Return what is as wide as the heading of some columns divided by their number."""
    if not name:
        return ""
    return rf"\makebox[{1 / len(columns):.3f}\width]{{{stacked(name, room_of(columns))}}}"


def room_of(columns: Sequence[Layout]) -> int:
    """Return how many letters a line of the heading of some columns may have."""
    return max(LONGEST, sum(each.letters for each in columns))


def group_lines(groups: Sequence[tuple[str, Sequence[Layout]]]) -> Iterator[str]:
    """Yield the line of the groups, each above its columns, and the rules below them."""
    widths = [sum(each.width for each in own) for _, own in groups]
    names = [stacked(name, room_of(own)) for name, own in groups]
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
        beside: what is as wide as the second column, if it takes two.
        word: the longest text that stands over both.
    """

    spec: str
    group: str
    side: str
    width: int
    head: tuple[str, str]
    cells: list[str]
    known: list[bool]
    beside: str = ""
    word: str = ""

    @cached_property
    def letters(self) -> int:
        """How wide it is with the space beside it, in letters."""
        return GAP + max(*map(longest, self.head), *map(printed, self.cells))


def layout(column: Column, cells: Sequence[Cell], style: Style) -> Layout:
    """Return how a column is written."""
    head = (titled(column), heading_of(column)[1])
    side = "l" if column.kind == "text" else "r"
    figures = [figure(cell, style) for cell in cells]
    if style.siunitx and any(figures):
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


def aligned(
    group: str,
    head: tuple[str, str],
    cells: Sequence[Cell],
    figures: Sequence[Parts | None],
    style: Style,
) -> Layout:
    """Return a column of numbers: one of siunitx, or two: of half widths, or else of ranges.

    A range among half widths stands in their column. Where the others have no interval, it is a
    text behind its number.
    """
    numbers = [one for one in figures if one]
    halves = [one.half for one in numbers if one.half]
    ranges = [range_of(one) for one in numbers if one.low]
    behind = style.interval == "pm" and not halves
    signed = SIGNED if any(one.sign for one in numbers) else ""
    room = rf"table-space-text-post={{\ {widest(ranges)}}}, " if behind and ranges else ""
    first, second = column_of([one.value for one in numbers], signed, room), ""
    if halves:
        second = f"@{{{PLUS_MINUS}}}{column_of(halves, 'table-number-alignment=left, ')}"
    elif ranges and not behind:
        second = r"@{\ }l"
    width = 2 if second else 1
    drawn, words, seconds = [], [""], []
    for cell, pieces in zip(cells, figures, strict=True):
        if pieces is None or (isinstance(cell, Quantity) and cell.unit):
            words.append(bold(as_text(cell, pieces), cell))
            drawn.append(spread(words[-1], width, "r"))
            continue
        own = range_of(pieces)
        both = [number(pieces), pieces.half or own][:width]
        if behind and own:
            both[0] += rf"{{\ {own}}}"
        if is_best(cell):
            both = [text and rf"\bfseries {text}" for text in both]
        if width == 2 and not pieces.half:
            seconds.append(both[1])
        if halves and not pieces.half:  # there is no ± to stand between the two
            both[0] = rf"\multicolumn{{1}}{{{first}@{{\phantom{{{PLUS_MINUS}}}}}}}{{{both[0]}}}"
            both[1] = both[1] and spread(both[1], 1, "@{}l")
        drawn.append(" & ".join(both))
    known = list(map(is_known, cells))
    beside = widest([*seconds, zeros(halves)]) if second else ""
    return Layout(first + second, group, "r", width, head, drawn, known, beside, widest(words))


def widest(texts: Sequence[str]) -> str:
    """Return the text that has most letters, of several a bold one; nothing if there is none."""
    return max(texts, key=lambda text: (printed(text), r"\bf" in text), default="")


def zeros(digits: Sequence[str]) -> str:
    """Return a number as wide as a column of these numbers, nothing if there are none."""
    whole, places = room_for(digits)
    return "0" * whole + "." * bool(places) + "0" * places


def number(pieces: Parts) -> str:
    """Return the digits of a figure as siunitx reads them, after a sign that is none of theirs."""
    return f"{{{SIGNS[pieces.sign]}}}{pieces.value}" if pieces.sign else pieces.value


def column_of(digits: Sequence[str], place: str = "", room: str = "") -> str:
    """Return the specification of a column with room for all these numbers.

    Args:
        digits: the numbers.
        place: where they stand in a column that is wider, as an option, or :data:`SIGNED`.
        room: that for a text behind them, as an option.
    """
    whole, places = room_for(digits)
    sign = "-" if any(one.startswith("-") for one in digits) else "+" * (place == SIGNED)
    return f"S[table-format={sign}{whole}.{places}, {place}{room}mode=text, {WEIGHT}]"


def room_for(digits: Sequence[str]) -> tuple[int, int]:
    """Return how many digits numbers have before their points and behind them, at most."""
    whole = max((len(one.partition(".")[0].lstrip("-")) for one in digits), default=0)
    return whole, max((len(one.partition(".")[2]) for one in digits), default=0)
