"""The console on stdout, and text that can't speak to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnnbench.text import plain

if TYPE_CHECKING:  # rich.console is dear, and wanted only where something is drawn
    from rich.console import Console
    from rich.text import Text

#: Columns of text that is piped; a table that needs more takes more.
WIDTH = 100


def console() -> Console:
    """Return a console on stdout, of a fixed width where that is no terminal."""
    from rich.console import Console

    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=WIDTH)


def text(*lines: str, style: str = "") -> Text:
    """Return lines for rich to print; whoever wrote them, they can't speak to the terminal."""
    from rich.text import Text

    return Text("\n".join(map(plain, lines)), style)
