"""Blocks for a terminal; plain text where the output is piped."""

from __future__ import annotations

from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rnnbench.report.blocks import Block

#: Columns of a piped table.
WIDTH = 100


def console() -> Console:
    """Return a console on stdout, of a fixed width where that is no terminal."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=WIDTH)


def show(blocks: Iterable[Block], out: Console) -> None:
    """Print blocks one below the other."""
    for block in blocks:
        out.print(Text(block.title, style="bold"))
        out.print(table(block))
        for note in block.notes:
            out.print(Text(f"  {note}", style="dim"))
        out.print()


def table(block: Block) -> Table:
    """Return one block as a table."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, name in enumerate(block.header):
        made.add_column(Text(name), justify="right" if number else "left", no_wrap=not number)
    for row in block.rows:
        made.add_row(*map(Text, row))
    return made
