"""Progress of a run on stderr: drawn on a terminal, else some lines."""

from __future__ import annotations

import math
import os
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from rich.cells import cell_len
from rich.console import Console
from rich.live import Live
from rich.text import Text

from rnnbench.analysis.run_results import row_results
from rnnbench.report.formats.terminal import Line, grid, paragraphs, wrapped
from rnnbench.report.progress import interim
from rnnbench.report.progress.silent import Silence
from rnnbench.report.progress.time_left import TimeLeft
from rnnbench.report.tables import Table
from rnnbench.results.work_left import Stage
from rnnbench.running.view import Records
from rnnbench.schema.plan import Planned
from rnnbench.system.io.streams import say, silence
from rnnbench.text import duration, plain

#: Seconds between two lines where stderr is no terminal; more in a run that has lasted for long,
#: this share of it.
LINE_INTERVAL, LINE_SHARE = 10.0, 1 / 30
#: What Jupyter sets for what a notebook starts.
NOTEBOOK = "JPY_PARENT_PID"
#: Seconds between two drawings, and the share of the time that drawing may take.
DRAW_INTERVAL, DRAW_SHARE = 0.5, 1 / 50
#: Finished comparisons that are drawn at most: no terminal has room for more.
MOST_DRAWN = 200
#: Columns of a terminal below which there is no bar, but its figures alone; and of the bar.
LEAST_FOR_BAR, BAR = 72, 20


class Pace:
    """Lets something be done now and then, for a share of the time at most."""

    def __init__(self, interval: float) -> None:
        """Let it be done at once, then after so many seconds at the earliest."""
        self._interval = interval
        self._next = -math.inf

    @property
    def is_due(self) -> bool:
        """Whether it may be done again."""
        return time.monotonic() >= self._next

    @contextmanager
    def done(self) -> Iterator[None]:
        """Do it."""
        began = time.monotonic()
        yield
        now = time.monotonic()
        self._next = now + max(self._interval, (now - began) / DRAW_SHARE)


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


class Screen(Protocol):
    """What a display is drawn on, as rich draws on a terminal; ``console`` has its size."""

    console: Console
    is_started: bool

    def start(self) -> None:
        """Begin."""

    def update(self, text: Text, refresh: bool = False) -> None:
        """Draw a text over what is there."""

    def stop(self) -> None:
        """Draw no more."""


class Display:
    """What is being found: drawn on a terminal, else a line now and then.

    It is drawn only when it is told something, between turns: no thread of it runs while a block is
    timed. What is drawn vanishes at the end, when the table is printed, so that nobody reads the
    same twice; where the table goes elsewhere, finished comparisons stay on the terminal.
    """

    def __init__(
        self, stages: Sequence[Stage], comparisons: int, screen: Screen | None = None
    ) -> None:
        """Draw nothing yet.

        Args:
            stages: see :meth:`rnnbench.running.view.Audience.display`.
            comparisons: see there.
            screen: what is drawn on, stderr by default.
        """
        self._comparisons = comparisons
        self._left = TimeLeft(stages)
        self._console = Stderr() if screen is None else screen.console
        # A log that FORCE_COLOR gives colours is no terminal whose lines can be drawn over.
        erasable = self._console.is_terminal and not self._console.is_dumb_terminal
        # A notebook gives commands a terminal, and shows what goes back a line as more lines.
        on_terminal = sys.stderr.isatty() and erasable and NOTEBOOK not in os.environ
        self._drawing = on_terminal or screen is not None
        self._keeping = screen is None and not (on_terminal and sys.stdout.isatty())
        self._live = screen or Live(console=self._console, auto_refresh=False, transient=True)
        self._finished: deque[list[Line]] = deque(maxlen=MOST_DRAWN)
        self._in_hand: Table | None = None
        self._text = self._stage = ""
        self._of_all = False
        self._seen: set[str] = set()
        self._began = time.monotonic()
        self._printed = -math.inf
        self._drawing_pace = Pace(DRAW_INTERVAL)
        self._looking = Pace(DRAW_INTERVAL if self._drawing else LINE_INTERVAL)

    def __enter__(self) -> Display:
        if self._drawing:
            self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._live.is_started:
            with closed_stderr_ignored():
                self._live.update(Text(""))
                self._live.stop()

    def expect(self, stages: Sequence[Stage]) -> None:
        """Take these for the stages that are left."""
        self._left.expect(stages)

    def stage(
        self, text: str, planned: Planned | None = None, max_time: float | None = None
    ) -> None:
        """Show what begins now."""
        key = planned.comparison.key if planned else ""
        self._left.begin(text.split(" ", 1)[0], key)
        where = ""
        if planned is not None:
            if key not in self._seen:
                self._in_hand = None
            self._seen.add(key)
            comparison = planned.comparison
            where = f"{len(self._seen)}/{self._comparisons} {comparison.task} {comparison.model}: "
        self._text = self._stage = plain(f"{where}{text}")
        self._of_all = planned is None
        self._show()

    def advance(self, share: float, so_far: Records | None = None) -> None:
        """Show how much of the stage is done, and what was found of the comparison in hand."""
        self._left.reached(share)
        if self._of_all:  # which may take long, and nothing else tells how far it is
            self._text = f"{self._stage} ({100 * share:.0f} % of that)"
        if so_far is not None and (self._looking.is_due or share >= 1):
            with self._looking.done():
                self._look(share, so_far)
                self._show()
        elif self._is_due():
            self._show()

    def tick(self) -> None:
        """Show the time that is left now."""
        if self._is_due():
            self._show()

    def finished(self, records: Records) -> None:
        """Show what was found in a comparison that is finished."""
        lines = interim.finished(row_results(records()))
        self._in_hand = None
        with closed_stderr_ignored():
            if self._keeping:
                self._print("\n".join(map(plain, lines)))
            else:
                self._finished.append(list(self._broken(lines)))
                self._show()

    def _look(self, share: float, so_far: Records) -> None:
        """Take in what was found of the comparison in hand."""
        results = row_results(so_far())
        steps = {one.row: one.train_step_ms_p10 for one in results if one.train_step_ms_p10}
        self._left.timed(results[0].comparison, {row: ms / 1e3 for row, ms in steps.items()})
        asked = next((one.precision_asked for one in results if one.precision_asked), 0.0)
        self._left.reached(share, interim.worst_precision(results), asked)
        self._in_hand = interim.in_hand(results)

    def _is_due(self) -> bool:
        if self._drawing:
            return self._drawing_pace.is_due
        now = time.monotonic()
        return now - self._printed >= max(LINE_INTERVAL, LINE_SHARE * (now - self._began))

    def _show(self) -> None:
        """Draw everything, or print a line if it is time."""
        seconds = self._left.seconds()
        left = "" if seconds is None else f"{whole(seconds)} left"
        with closed_stderr_ignored():
            if self._drawing:
                with self._drawing_pace.done():
                    self._draw(left)
            elif self._is_due():
                self._printed = time.monotonic()
                line = f"{100 * self._left.share:3.0f} % {self._text}"
                self._print(f"{line}, {left}" if left else line)

    def _print(self, line: str) -> None:
        self._console.print(line, soft_wrap=True)

    def _draw(self, left: str) -> None:
        """Draw, from above: finished comparisons, how far the run is, the comparison in hand."""
        width, height = self._console.size
        below = self._status(left, width)
        if self._in_hand is not None:
            below += paragraphs([self._in_hand.title, self._in_hand.setting], "dim", width)
            below += [line for line in grid(self._in_hand, width) if line.text.strip()]
        room = max(1, height - 1)
        above = [line for lines in self._finished for line in lines]
        above = above[max(0, len(above) - max(0, room - len(below))) :]
        text = Text(no_wrap=True, overflow="crop", end="")
        for line in [*above, *below][:room]:
            text.append(f"{line.text}\n", line.style)
        text.right_crop(1)
        self._live.update(text, refresh=True)

    def _status(self, left: str, width: int) -> list[Line]:
        """Return what says how far the run is: a line, or several where it finds no room in one."""
        share = self._left.share
        head = f"{100 * share:3.0f} % "
        if width >= LEAST_FOR_BAR:
            head += "━" * round(BAR * share) + "─" * (BAR - round(BAR * share)) + " "
        tail = f"  {left}" if left else ""
        if cell_len(line := f"{head}{self._text}{tail}") < width:
            return [Line(line)]
        return [
            Line(part) for text in (head + left, self._text) for part in wrapped(text, width - 1)
        ]

    def _broken(self, lines: Sequence[str]) -> Iterator[Line]:
        """Yield lines that fit the terminal, the first as a heading."""
        for number, line in enumerate(lines):
            for part in wrapped(plain(line), self._console.width - 1):
                yield Line(part, "" if number else "bold")


def whole(seconds: float) -> str:
    """Return ``9 s``, ``2 min 5 s``: a duration without decimals."""
    count = max(1, round(seconds))
    return f"{count} s" if count < 10 else duration(count)


class Terminal:
    """The audience of a run at the command line, on stderr; see :mod:`rnnbench.running.view`."""

    def __init__(self, quiet: bool = False) -> None:
        """Show progress, unless only messages are wanted."""
        self._quiet = quiet

    def display(self, stages: Sequence[Stage], comparisons: int) -> Display | Silence:
        """Return a display that is drawn, or a line now and then, or nothing."""
        return Silence() if self._quiet else Display(stages, comparisons)

    def tell(self, text: str) -> None:
        """Print a line; the terminal may be closed, or the reader of a pipe gone."""
        say(plain(text))
