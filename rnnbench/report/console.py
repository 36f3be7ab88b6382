"""The console on stdout, and text that can't speak to it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from rnnbench.text import encodable, plain

if TYPE_CHECKING:  # rich.console is dear, and wanted only where something is drawn
    from rich.console import Console
    from rich.text import Text

#: Columns of text that is piped; a table that needs more takes more.
WIDTH = 100


def width() -> int:
    """Return the columns of stdout: those of COLUMNS, of the terminal, or :data:`WIDTH`."""
    return shutil.get_terminal_size((WIDTH, 1)).columns


def known_width() -> int | None:
    """Return the columns of stdout, None for a pipe: without COLUMNS its lines have no end."""
    known = sys.stdout.isatty() or "COLUMNS" in os.environ or "FORCE_COLOR" in os.environ
    return width() if known else None


def console() -> Console:
    """Return a console on stdout."""
    from rich.console import Console

    class Output(Console):
        """A console that leaves it to the caller that its reader has gone."""

        def on_broken_pipe(self) -> None:
            raise

    # Both, as a dumb terminal is taken as 80 columns wide otherwise.
    return Output(highlight=False, emoji=False, width=width(), height=25)


def print_table(
    out: Console, heads: Sequence[str], rows: Sequence[Sequence[Text]], title: str | None = None
) -> None:
    """Print a table of words, or its rows one below the other where a word finds no room."""
    from rich import box
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    if table_room(heads, rows) <= out.width:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=title, title_justify="left")
        table.title_style = "bold"
        for head in heads:
            table.add_column(head, overflow="fold")  # nothing is cut
        for row in rows:
            table.add_row(*row)
        out.print(table)
        return
    if title:
        out.print(Text(title, "bold"))
    for first, *others in rows:
        out.print(first, overflow="fold")
        for head, cell in zip(heads[1:], others, strict=True):
            if cell.plain:
                named = Text.assemble(f"{head}: " if head else "", cell, overflow="fold")
                out.print(Padding(named, (0, 0, 0, 2)))
    out.print()


def table_room(heads: Sequence[str], rows: Sequence[Sequence[Text]]) -> int:
    """Return the columns that a table takes if no word of it is broken."""
    from rich.cells import cell_len

    columns = zip(heads, *([cell.plain for cell in row] for row in rows), strict=True)
    words = [" ".join(column).split() for column in columns]
    return sum(max(map(cell_len, own), default=0) + 3 for own in words)


def shown(text: str) -> str:
    """Return a text in one line that can't speak to a terminal, and that stdout can encode."""
    if text.isascii() and text.isprintable():  # as nearly all are, and told much sooner
        return text
    return _shown(text, sys.stdout.encoding or "utf-8")


@lru_cache(1000)  # most are settings, which many comparisons have alike
def _shown(text: str, encoding: str) -> str:
    return encodable(plain(text), encoding)


def all_shown(texts: list[str]) -> list[str]:
    """Return texts as :func:`shown` has each; of nearly all, that they stay is told at once."""
    together = "".join(texts)
    return texts if shown(together) == together else list(map(shown, texts))


def text(*lines: str, style: str = "") -> Text:
    """Return lines for rich to print; whoever wrote them, they can't speak to the terminal."""
    from rich.text import Text

    return Text("\n".join(map(shown, lines)), style)
