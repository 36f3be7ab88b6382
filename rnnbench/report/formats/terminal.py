"""Blocks for a terminal; plain text where the output is piped."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rnnbench.report.tables import Block
from rnnbench.text import plain

#: Columns of what is piped; a table that needs more takes more.
WIDTH = 100
#: The widest that a heading is written in one line.
NARROW = 10


def console() -> Console:
    """Return a console on stdout, of a fixed width where that is no terminal."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=WIDTH)


def text(*lines: str, style: str = "") -> Text:
    """Return lines for rich to print; whoever wrote them, they can't speak to the terminal."""
    return Text("\n".join(map(plain, lines)), style)


def show(heading: str, blocks: Sequence[Block], out: Console) -> None:
    """Print the heading of a run and its blocks one below the other."""
    out.print(text(*heading.split("\n"), style="dim"))
    out.print()
    if not blocks:
        out.print("no comparison was finished")
    for block in blocks:
        out.print(text(block.title, style="bold"))
        out.print(text(block.setting, style="dim"))
        made = table(block)
        if not out.is_terminal:  # where lines have no end to be cut at
            made.width = out.measure(made, options=out.options.update_width(10 * WIDTH)).maximum
        out.print(made, crop=out.is_terminal)
        for note in block.notes:
            out.print(text(f"  {note}", style="dim"))
        out.print()


def table(block: Block) -> Table:
    """Return one block as a table."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for number, column in enumerate(block.header):
        lines = *wrapped(column.name, NARROW), *wrapped(column.unit, NARROW - 2)
        made.add_column(text(*lines), justify="right" if number else "left", no_wrap=True)
    for row in block.rows:
        made.add_row(*map(text, row))
    return made


def wrapped(words: str, width: int) -> list[str]:
    """Return the lines of a heading, one if there is nothing in it."""
    return textwrap.wrap(words, width) or [""]
