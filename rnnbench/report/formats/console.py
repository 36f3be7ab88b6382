"""The console on stdout, and text that can't speak to it."""

from __future__ import annotations

import shutil
import sys
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


def console() -> Console:
    """Return a console on stdout."""
    from rich.console import Console

    class Output(Console):
        """A console that leaves it to the caller that its reader has gone."""

        def on_broken_pipe(self) -> None:
            raise  # noqa: PLE0704 - rich calls it where it has caught the error

    return Output(highlight=False, width=width())


def shown(text: str) -> str:
    """Return a text in one line that can't speak to a terminal, and that stdout can encode."""
    return encodable(plain(text), sys.stdout.encoding or "utf-8")


def text(*lines: str, style: str = "") -> Text:
    """Return lines for rich to print; whoever wrote them, they can't speak to the terminal."""
    from rich.text import Text

    return Text("\n".join(map(shown, lines)), style)
