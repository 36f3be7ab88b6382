"""Tables for people: in a terminal as wide as it is, of a fixed width where output is piped."""

from __future__ import annotations

import os
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Literal, NamedTuple

from rich import cells

from rnnbench.report.formats.console import WIDTH, console, text
from rnnbench.report.numbers import cell_text, heading_of
from rnnbench.report.tables import Column, Table
from rnnbench.text import plain

#: The first letter that may take more or less than one cell of a terminal: a combining accent.
FIRST_ODD = "\u0300"
#: The widest that a heading is written in one line.
NARROW = 10
WORD = re.compile(r"\s*\S+\s*")


class Line(NamedTuple):
    """A line of output, and how a terminal shows it."""

    text: str
    style: Literal["", "dim", "bold"] = ""


def show(heading: str, tables: Sequence[Table]) -> None:
    """Print the heading of a run and its tables one below the other."""
    if not sys.stdout.isatty() and "FORCE_COLOR" not in os.environ:
        sys.stdout.write("".join(f"{line.text}\n" for line in drawn(heading, tables)))
        return
    out = console()
    for line in drawn(heading, tables, out.width):
        out.print(text(line.text, style=line.style), no_wrap=True, overflow="crop")


def drawn(heading: str, tables: Sequence[Table], width: int | None = None) -> Iterator[Line]:
    """Yield the lines of a heading and of tables.

    Args:
        heading: of the run, some lines.
        tables: one below the other.
        width: of the terminal, where tables that are wider are cut; None for a pipe, whose lines
            have no end to be cut at.
    """
    yield from paragraphs(heading.split("\n"), "dim", width)
    yield Line("")
    if not tables:
        yield Line("no comparison was finished")
    for table in tables:
        yield from paragraphs([table.title], "bold", width)
        yield from paragraphs([table.setting], "dim", width)
        yield from grid(table, width)
        yield from paragraphs([f"  {note}" for note in table.notes], "dim", width)
        yield Line("")


def paragraphs(
    texts: Iterable[str], style: Literal["dim", "bold"], width: int | None
) -> Iterator[Line]:
    """Yield texts of strangers, each broken into lines."""
    for each in texts:
        for line in wrapped(plain(each), width or WIDTH):
            yield Line(line, style)


def grid(table: Table, width: int | None) -> Iterator[Line]:
    """Yield the header and the rows of a table."""
    header = [column_heading(column) for column in table.header]
    rows = [[plain(cell_text(cell)) for cell in row] for row in table.rows]
    columns = zip(*padded(header), *rows, strict=True)
    widths = [1 + max(1, *map(cell_len, column)) for column in columns]
    if width is not None:
        widths = fitted(widths, width)
    across = sum(widths) + len(widths)
    yield Line(" " * across)
    for line in padded(header):
        yield Line(line_of(line, widths), "bold")
    yield Line(f" {'─' * (across - 2)} ")
    for row in rows:
        yield Line(line_of(row, widths))
    yield Line(" " * across)


@cache
def column_heading(column: Column) -> list[str]:
    """Return the lines of a heading: narrow, one at least for its name and its unit each."""
    name, unit = map(plain, heading_of(column))
    return [*(textwrap.wrap(name, NARROW) or [""]), *(textwrap.wrap(unit, NARROW - 2) or [""])]


def padded(header: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """Return the lines of a header from those of its columns, which end at the same height."""
    height = max(map(len, header))
    return list(zip(*([""] * (height - len(lines)) + list(lines) for lines in header), strict=True))


def line_of(texts: Sequence[str], widths: Sequence[int]) -> str:
    """Return a line of a table: the first column to the left, the others to the right.

    A space follows each of them, and counts as part of it.
    """
    line = ""
    for number, (cell, width) in enumerate(zip(texts, widths, strict=True)):
        space = width - 1 - cell_len(cell)
        shown = cell if space >= 0 else cut(cell, width - 1)
        line += f" {shown}{' ' * space}" if number == 0 else f" {' ' * space}{shown}"
        line += " " * (width > 0)
    return line


def fitted(widths: Sequence[int], room: int) -> list[int]:
    """Return the widths of columns, all reduced alike if the table is wider than the room."""
    *others, last = widths
    own = [*others, last - 1]  # the last space is the margin
    excess = sum(own) + len(own) + 1 - room
    found = []
    for left, width in zip(range(len(own), 0, -1), own, strict=True):
        less = min(width, max(0, round(excess / left)))
        excess -= less
        found.append(width - less)
    found[-1] += 1
    return found


def cell_len(text: str) -> int:
    """Return how many cells of a terminal a plain text takes."""
    if text.isascii() or max(text) < FIRST_ODD:
        return len(text)
    return cells.cell_len(text)


def cut(text: str, width: int) -> str:
    """Return a text that is too long, its end replaced by an ellipsis."""
    return cells.set_cell_size(text, width - 1) + "…" if width > 0 else ""


def wrapped(text: str, width: int) -> list[str]:
    """Return the lines of a text: broken between words, and in a word longer than a line."""
    if cell_len(text) <= width:
        return [text]
    lines = [""]
    for word in WORD.findall(text):
        size = cell_len(word.rstrip())
        if cell_len(lines[-1]) + size <= width:
            lines[-1] += word
        else:
            lines += cells.chop_cells(word, width) if size > width else [word]
    # What is beyond the width is but the space after a word.
    return [cells.set_cell_size(line, min(width, cell_len(line))) for line in lines if line]
