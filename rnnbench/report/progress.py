"""Progress of a run on stderr."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Column

from rnnbench.schema.plan import Planned
from rnnbench.system.streams import say, silence
from rnnbench.text import duration, plain

#: Seconds between two lines where stderr is no terminal.
LINE_INTERVAL = 10.0
#: Columns of a terminal below which there is no bar, but its figures alone.
LEAST_FOR_BAR = 72


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


class TimeLeft:
    """An estimate of how long a run will still take.

    Timings take what the plan allows them, though they may end early; every other stage is taken
    to last as long as those before it did on average.
    """

    def __init__(
        self,
        stages: int,
        max_times: Sequence[float] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Expect some stages.

        Args:
            stages: how many.
            max_times: seconds of those whose length is known.
            clock: tells the time in seconds.
        """
        self._clock = clock
        self._known = sum(max_times)
        self._unknown = stages - len(max_times)
        self._durations: list[float] = []
        self._max_time: float | None = 0.0
        self._began = clock()

    def begin(self, max_time: float | None) -> None:
        """Note that a stage begins, and the one before it has ended."""
        if self._max_time is None:
            self._durations.append(self._clock() - self._began)
        if max_time is None:
            self._unknown -= 1
        else:
            self._known -= max_time
        self._max_time, self._began = max_time, self._clock()

    def seconds(self, share: float) -> float | None:
        """Return the seconds that are left, None as long as nothing tells them.

        Args:
            share: how much of the present stage is done.
        """
        if not self._durations:
            return None
        mean = sum(self._durations) / len(self._durations)
        whole = self._max_time
        if whole is None:
            spent = self._clock() - self._began
            whole = spent / share if share > 0 else max(mean, spent)
            present = whole - spent
        else:
            present = whole * (1 - share)
        return max(0.0, self._known) + max(0, self._unknown) * mean + max(0.0, present)


class Display:
    """A progress bar on a terminal, else a line now and then.

    It is drawn only when it is told something: no thread of it runs while a block is timed.
    """

    def __init__(self, stages: int, comparisons: int, max_times: Sequence[float] = ()) -> None:
        """Draw nothing yet; for the arguments see :meth:`rnnbench.run.view.Audience.display`."""
        self._stages = stages
        self._comparisons = comparisons
        self._left = TimeLeft(stages, max_times)
        self._console = Stderr()
        self._drawing = self._console.is_terminal and not self._console.is_dumb_terminal
        whole = Column(overflow="ellipsis", no_wrap=True, ratio=1)
        columns = [TextColumn("{task.description}", markup=False, table_column=whole)]
        bar = [BarColumn(bar_width=20)] if self._console.width >= LEAST_FOR_BAR else []
        self._bar = Progress(
            *columns,
            *bar,
            TaskProgressColumn(),
            TextColumn("{task.fields[left]}", markup=False),
            console=self._console,
            auto_refresh=False,
            transient=True,
            expand=True,
        )
        self._task = self._bar.add_task("", total=stages, left="")
        self._begun = 0
        self._seen: set[str] = set()
        self._printed = -math.inf

    def __enter__(self) -> Display:
        if self._drawing:
            self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar.live.is_started:
            with closed_stderr_ignored():
                self._bar.stop()

    def stage(
        self, text: str, planned: Planned | None = None, max_time: float | None = None
    ) -> None:
        """Show what begins now."""
        self._begun += 1
        self._left.begin(max_time)
        where = ""
        if planned is not None:
            comparison = planned.comparison
            self._seen.add(comparison.key)
            where = f"{len(self._seen)}/{self._comparisons} {comparison.task} {comparison.model}: "
        self._text = plain(f"{where}{text}")
        self._draw(0.0)

    def advance(self, share: float) -> None:
        """Show how much of the stage is done."""
        self._draw(share)

    def _draw(self, share: float) -> None:
        with closed_stderr_ignored():
            self._show(self._begun - 1 + share, self._left.seconds(share))

    def _show(self, done: float, left: float | None) -> None:
        told = "" if left is None else f"{duration(max(1, round(left)))} left"
        if self._drawing:
            self._bar.update(self._task, description=self._text, completed=done, left=told)
            self._bar.refresh()
        elif time.monotonic() - self._printed > LINE_INTERVAL:
            self._printed = time.monotonic()
            line = f"{100 * done / self._stages:3.0f} % {self._text}"
            self._console.print(f"{line}, {told}" if told else line, soft_wrap=True)


class Terminal:
    """The audience of a run at the command line, on stderr; see :mod:`rnnbench.run.view`."""

    def display(self, stages: int, comparisons: int, max_times: Sequence[float] = ()) -> Display:
        """Return a bar, or a line now and then."""
        return Display(stages, comparisons, max_times)

    def tell(self, text: str) -> None:
        """Print a line; the terminal may be closed, or the reader of a pipe gone."""
        say(plain(text))
