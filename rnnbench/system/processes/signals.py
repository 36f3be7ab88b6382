"""Ctrl-C and its like: the first signal waits for the block in hand, the second does not."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

#: Sent by Ctrl-C, by the scheduler of a cluster, and when a terminal is closed.
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
#: Seconds after a ``KeyboardInterrupt`` in which further signals mean the same one: several may
#: come at once, and must not interrupt what it has begun.
TOGETHER = 1.0


class Interrupted(KeyboardInterrupt):
    """A signal has come.

    Attributes:
        number: the one that came first.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class Interrupt:
    """Handles a signal as Python does Ctrl-C, but that the program ends as it says.

    After a bare ``KeyboardInterrupt`` that has passed through ``exec``, Python ends by the signal
    whatever exit code it is given.

    Attributes:
        number: the signal that came first, None if none has come.
    """

    number: int | None = None

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Handle a signal."""
        self.number = self.number or number
        raise Interrupted(number)

    def again(self) -> None:
        """Raise what somebody has swallowed, as libraries do while they are imported."""
        if self.number is not None:
            raise Interrupted(self.number)


#: Handles Ctrl-C while a command has not set handlers of its own.
interrupt = Interrupt()


def how_ended(code: int) -> str:
    """Return how a process has ended: ``with exit code 1``, ``by SIGSEGV``.

    Args:
        code: its exit code, the number of a signal below 0.
    """
    if code >= 0:
        return f"with exit code {code}"
    try:
        return f"by {signal.Signals(-code).name}"
    except ValueError:
        return f"by signal {-code}"  # it has no name


class Interruption:
    """Turns signals into ``KeyboardInterrupt``, the first one after what must not be interrupted.

    Attributes:
        number: the signal that came first, None if none has come.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        """Change nothing yet.

        Args:
            tell: shows a line that confirms a signal.
        """
        self.number: int | None = None
        self._tell = tell
        self._holding = False
        self._deaf = False
        self._raised = -TOGETHER

    def __enter__(self) -> Interruption:
        # One that is ignored, as under nohup, stays so; to other threads none comes.
        first = threading.current_thread() is threading.main_thread()
        handled = [n for n in SIGNALS if first and signal.getsignal(n) is not signal.SIG_IGN]
        self._before = {number: signal.signal(number, self._handle) for number in handled}
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @contextmanager
    def uninterrupted(self) -> Iterator[None]:
        """Hold up the first signal until the end of a ``with`` block, which is short."""
        self._holding = True
        try:
            yield
        finally:
            self._holding = False
        if self.number is not None:
            raise Interrupted(self.number)

    def ignore(self) -> None:
        """Ignore all signals from now on, until the end of the ``with`` block."""
        self._deaf = True

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self._deaf:
            return
        first, self.number = self.number is None, self.number or number
        if first and self._holding:
            self._tell("finishing the block in hand; once more to stop at once")
        elif time.monotonic() - self._raised >= TOGETHER:
            self._raised = time.monotonic()
            raise Interrupted(self.number)
