"""Progress of a run on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from rnnbench.schema.plan import Planned
from rnnbench.system.streams import say, silence
from rnnbench.text import plain

#: Seconds between two lines where stderr is no terminal.
LINE_INTERVAL = 10.0


class Stderr(Console):
    """A console on stderr whose end is no error: its terminal may be closed, its reader gone."""

    def __init__(self) -> None:
        super().__init__(stderr=True, highlight=False, markup=False, emoji=False)

    def on_broken_pipe(self) -> None:
        """Go on, where rich would end the program."""
        silence(sys.stderr)


@contextmanager
def closed_stderr_ignored() -> Iterator[None]:
    """Go on silently where stderr can't be written to."""
    try:
        yield
    except OSError:
        silence(sys.stderr)


class Display:
    """A progress bar on a terminal, else a line now and then.

    It is drawn only when it is told something: no thread of it runs while a block is timed.
    """

    def __init__(self, stages: int, comparisons: int) -> None:
        """Draw nothing yet; ``stages`` and ``comparisons`` are how many are to come."""
        self._stages = stages
        self._comparisons = comparisons
        self._console = Stderr()
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            TaskProgressColumn(),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=self._console,
            auto_refresh=False,
            transient=True,
        )
        self._task = self._bar.add_task("", total=stages)
        self._begun = 0
        self._seen: list[str] = []
        self._printed = 0.0

    def __enter__(self) -> Display:
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar.live.is_started:
            with closed_stderr_ignored():
                self._bar.stop()

    def stage(self, text: str, planned: Planned | None = None) -> None:
        """Show what begins now."""
        self._begun += 1
        where = ""
        if planned is not None:
            comparison = planned.comparison
            if comparison.key not in self._seen:
                self._seen.append(comparison.key)
            number = len(self._seen)
            where = f"{number}/{self._comparisons} {comparison.task} {comparison.cell}: "
        self._text = plain(f"{where}{text}")
        self._draw(0.0)

    def advance(self, share: float) -> None:
        """Show how much of the stage is done."""
        self._draw(share)

    def _draw(self, share: float) -> None:
        with closed_stderr_ignored():
            self._show(self._begun - 1 + share)

    def _show(self, done: float) -> None:
        if self._console.is_terminal:
            self._bar.update(self._task, description=self._text, completed=done)
            self._bar.refresh()
        elif time.monotonic() - self._printed > LINE_INTERVAL:
            self._printed = time.monotonic()
            self._console.print(f"{100 * done / self._stages:3.0f} % {self._text}", soft_wrap=True)


class Terminal:
    """The audience of a run at the command line, on stderr; see :mod:`rnnbench.run.view`."""

    def display(self, stages: int, comparisons: int) -> Display:
        """Return a bar, or a line now and then."""
        return Display(stages, comparisons)

    def tell(self, text: str) -> None:
        """Print a line; the terminal may be closed, or the reader of a pipe gone."""
        say(plain(text))
