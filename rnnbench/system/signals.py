"""Ctrl-C and its like: the first signal waits for the block in hand, the second does not."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

#: Sent by Ctrl-C, by the scheduler of a cluster, and when a terminal is closed.
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


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

    def __enter__(self) -> Interruption:
        # One that is ignored, as under nohup, stays so.
        handled = [n for n in SIGNALS if signal.getsignal(n) is not signal.SIG_IGN]
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
            raise KeyboardInterrupt

    def ignore(self) -> None:
        """Ignore all signals from now on, until the end of the ``with`` block."""
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        first, self.number = self.number is None, self.number or number
        if not (first and self._holding):
            raise KeyboardInterrupt
        self._tell("finishing the block in hand; once more to stop at once")
