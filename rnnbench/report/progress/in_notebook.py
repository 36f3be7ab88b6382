"""Progress in a notebook: drawn by rich in the output of a cell."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from rnnbench.report.progress.display import Display
from rnnbench.results.work_left import Stage
from rnnbench.text import plain

#: Columns and lines of what is drawn.
WIDTH, HEIGHT = 100, 40
#: A font whose letters are all as wide, in the colours of the notebook.
HTML = '<pre style="line-height: 1.2">{code}</pre>'


def shell() -> Any:
    """Return the shell of the notebook that we are in, None elsewhere."""
    python = sys.modules.get("IPython")
    found = python.get_ipython() if python else None
    return found if hasattr(found, "kernel") else None


class CellOutput:
    """The output of a cell as a display draws on it; it is empty again at the end."""

    def __init__(self) -> None:
        self.console = Console(
            file=io.StringIO(),
            width=WIDTH,
            height=HEIGHT,
            record=True,
            force_jupyter=False,  # it would print into the cell by itself
        )
        self.is_started = False

    def start(self) -> None:
        """Take a place below what the cell has shown so far."""
        from IPython.display import display

        show: Any = display
        self._place = show(self._drawn(Text("")), raw=True, display_id=True)
        self.is_started = True

    def update(self, text: Text, refresh: bool = False) -> None:
        """Draw a text over what is there."""
        self._place.update(self._drawn(text), raw=True)

    def stop(self) -> None:
        """Draw no more."""
        self.is_started = False

    def _drawn(self, text: Text) -> dict[str, str]:
        """Return a text as a notebook takes it."""
        self.console.print(text)
        html = self.console.export_html(code_format=HTML, inline_styles=True)
        return {"text/plain": text.plain, "text/html": html if text.plain else ""}


class Notebook:
    """The audience of a run in a notebook; see :mod:`rnnbench.running.view`."""

    def display(self, stages: Sequence[Stage], comparisons: int) -> Display:
        """Return a display that is drawn in the output of the cell."""
        return Display(stages, comparisons, CellOutput())

    def tell(self, text: str) -> None:
        """Print a line."""
        print(plain(text), flush=True)
