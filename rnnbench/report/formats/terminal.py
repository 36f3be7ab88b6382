"""Tables for people: in a terminal as wide as it is, as wide as they are where output is piped."""

from __future__ import annotations

import os
import re
import sys
import textwrap
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice, zip_longest
from typing import Literal, NamedTuple

from rich import cells

from rnnbench.report.console import WIDTH, all_shown, console, known_width, shown
from rnnbench.report.deferred import drawn_each
from rnnbench.report.numbers import cell_text, heading_of
from rnnbench.report.tables import Column, Table

#: The letters that may take more or less than one cell of a terminal begin with combining accents.
ODD = re.compile("[\u0300-\U0010ffff]")
#: The widest that a heading is written in one line.
NARROW = 10
#: Cells of a terminal beside the only column of a part: around it, and around the names' place.
MARGINS = 4
WORD = re.compile(r"\s*\S+\s*")


class Line(NamedTuple):
    """A line of output, and how a terminal shows it."""

    text: str
    style: Literal["", "dim", "bold"] = ""


def show(heading: str, tables: Sequence[Table]) -> None:
    """Print the heading of a run and its tables one below the other."""
    room = known_width()
    in_styles = sys.stdout.isatty() or "FORCE_COLOR" in os.environ

    def text_of(lines: Iterable[Line]) -> str:
        texts = painted(lines) if in_styles else (line.text for line in lines)
        return "".join(f"{text}\n" for text in texts)

    sys.stdout.write(text_of(above(heading, tables, room)))
    sys.stdout.writelines(drawn_each(lambda one: text_of(of_table(one, room)), tables))


def painted(lines: Iterable[Line]) -> Iterator[str]:
    """Yield lines in their styles, as far as the terminal has any.

    To print one by Rich takes longer than all else that it takes to show one.
    """
    from rich.console import COLOR_SYSTEMS
    from rich.style import Style

    system = console().color_system
    colors = COLOR_SYSTEMS[system] if system else None
    styles = {name: Style.parse(name) for name in ("", "dim", "bold")}
    for line in lines:
        yield styles[line.style].render(line.text, color_system=colors)


def above(heading: str, tables: Sequence[Table], room: int | None) -> Iterator[Line]:
    """Yield the lines of a heading, and that there are no tables below it if there are none.

    Args:
        heading: of the run, some lines.
        tables: one below the other.
        room: columns of the terminal, below each other in which the columns of wider tables are
            put; None for a pipe, whose lines have no end.
    """
    yield from paragraphs(heading.split("\n"), "dim", room)
    yield Line("")
    if not tables:
        yield Line("no comparison was finished")


def of_table(table: Table, room: int | None) -> Iterator[Line]:
    """Yield the lines of a table; ``room`` as :func:`above` takes it."""
    yield from paragraphs([table.title], "bold", room)
    yield from paragraphs([table.setting], "dim", room)
    yield from grid(table, room)
    yield from paragraphs([f"  {note}" for note in table.notes], "dim", room)
    yield Line("")


def paragraphs(
    texts: Iterable[str], style: Literal["dim", "bold"], room: int | None
) -> Iterator[Line]:
    """Yield texts of strangers, each broken into lines."""
    for each in texts:
        for line in wrapped(shown(each), room or WIDTH):
            yield Line(line, style)


def grid(table: Table, room: int | None) -> Iterator[Line]:
    """Yield the header and the rows of a table, in several parts if it is too wide.

    Nothing is cut: columns that find no room go to a part below, under the same names of rows.
    Where a column finds no room beside the names, they stand above the figures, and texts that are
    wider than the terminal are broken.
    """
    headings = headings_of(tuple(table.columns), sys.stdout.encoding)
    header = padded(headings)
    rows = [all_shown(list(map(cell_text, row))) for row in table.rows]
    columns = aligned([*header, *rows])
    widths = [cell_len(column[0]) for column in columns]
    above = room is not None and len(widths) > 1 and widths[0] + max(widths[1:]) > room
    names, lines = [row[0] for row in rows], [[row] for row in rows]
    if above:
        lines = [tall(["", *row[1:]], max(1, (room or 0) - MARGINS)) for row in rows]
        columns = aligned([*header, *chain.from_iterable(lines)])
        columns[0] = ["  "] * len(columns[0])
        widths = [cell_len(column[0]) for column in columns]
    below = {k for k, column in enumerate(table.columns) if column.below}
    beside = max(1, (room or 0) - 1)  # of a space at the edge
    for part in parts(widths, room, below):
        across, height = sum(widths[k] for k in part), max(len(headings[k]) for k in part)
        drawn = map("".join, zip(*(columns[k] for k in part), strict=True))
        yield Line(" " * across)
        if above and (heading := " ".join(headings[0]).strip()):
            yield from (Line(f" {line}", "bold") for line in wrapped(heading, beside))
        yield from (Line(line, "bold") for line in islice(drawn, len(header) - height, len(header)))
        yield Line(shown(f" {'─' * (across - 2)} "))
        for name, own in zip(names, lines, strict=True):
            if above:
                yield from (Line(f" {line}") for line in wrapped(name, beside))
            cells = islice(drawn, len(own))
            yield from (Line(line) for line in cells if not above or line.strip())
        yield Line(" " * across)


def aligned(lines: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the columns of some lines: the first to the left, the others to the right.

    A space is on either hand of each cell.
    """
    first, *others = zip(*lines, strict=True)
    return [filled(first, str.ljust), *(filled(column, str.rjust) for column in others)]


def filled(column: Sequence[str], pad: Callable[[str, int], str]) -> list[str]:
    """Return a column whose cells are all as wide as the widest."""
    together = "".join(column)
    if is_narrow(together):
        widest = max(1, *map(len, column))
        return [f" {pad(text, widest)} " for text in column]
    sizes = list(map(cell_len, column))
    widest = max(1, *sizes)
    return [
        f" {pad(text, widest - size + len(text))} "
        for text, size in zip(column, sizes, strict=True)
    ]


def tall(row: Sequence[str], widest: int) -> list[list[str]]:
    """Return the lines of a row none of whose cells is wider than that."""
    return list(map(list, zip_longest(*(wrapped(cell, widest) for cell in row), fillvalue="")))


def parts(widths: Sequence[int], room: int | None, below: Collection[int] = ()) -> list[list[int]]:
    """Return which columns are drawn side by side: the first with as many as find room, each time.

    Args:
        widths: of all columns, the spaces around them included.
        room: columns of the terminal, None if there is no end to them.
        below: those that stand below the others where there is none.
    """
    found = [[0]]
    for k in range(1, len(widths)):
        filled = len(found[-1]) > 1
        if room is None:
            full = k in below and k - 1 not in below
        else:
            full = sum(widths[j] for j in (*found[-1], k)) > room
        if filled and full:
            found.append([0])
        found[-1].append(k)
    return found


@lru_cache  # most tables have the columns of the one before
def headings_of(columns: tuple[Column, ...], encoding: str | None) -> list[list[str]]:
    """Return the lines of the heading of each column, as an output of this encoding shows them."""
    return [column_heading(*map(shown, heading_of(column))) for column in columns]


def column_heading(name: str, unit: str) -> list[str]:
    """Return the lines of a heading: narrow, one at least for its name and its unit each."""
    return [*(textwrap.wrap(name, NARROW) or [""]), *(textwrap.wrap(unit, NARROW - 2) or [""])]


def padded(header: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """Return the lines of a header from those of its columns, which end at the same height."""
    height = max(map(len, header))
    return list(zip(*([""] * (height - len(lines)) + list(lines) for lines in header), strict=True))


def is_narrow(text: str) -> bool:
    """Return whether each letter takes one cell, as in nearly all texts: it is told much sooner."""
    return text.isascii() or not ODD.search(text)


def cell_len(text: str) -> int:
    """Return how many cells of a terminal a plain text takes."""
    return len(text) if is_narrow(text) else cells.cell_len(text)


def wrapped(text: str, width: int) -> list[str]:
    """Return the lines of a text: broken between words, and in a word longer than a line."""
    if cell_len(text) <= width:
        return [text]
    lines, filled = [""], 0
    for word in WORD.findall(text):
        size = cell_len(word.rstrip())
        if filled + size <= width:
            lines[-1] += word
            filled += cell_len(word)
        else:
            lines += cells.chop_cells(word, width) if size > width else [word]
            filled = cell_len(lines[-1])
    # What is beyond the width is but the space after a word.
    return [
        line if cell_len(line) <= width else cells.set_cell_size(line, width)
        for line in lines
        if line
    ]
