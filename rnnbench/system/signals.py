"""Ctrl-C and SIGTERM: the first waits for the block that is being timed, the second does not."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

#: Ctrl-C, what clusters send, and a terminal that is closed.
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption:
    """Turns signals into ``KeyboardInterrupt``, after what is patient.

    Attributes:
        number: the signal that came first, None as long as there was none.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        """Change nothing yet.

        Args:
            tell: is told, in a line, that a signal was understood.
        """
        self.number: int | None = None
        self._tell = tell
        self._patient = False

    def __enter__(self) -> Interruption:
        heard = [n for n in SIGNALS if signal.getsignal(n) is not signal.SIG_IGN]  # as under nohup
        self._before = {number: signal.signal(number, self._handle) for number in heard}
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @contextmanager
    def uninterrupted(self) -> Iterator[None]:
        """Have the first signal wait until the end of a ``with`` block, which is short."""
        self._patient = True
        try:
            yield
        finally:
            self._patient = False
        if self.number is not None:
            raise KeyboardInterrupt

    def ignore(self) -> None:
        """Hear no signal any more, until the end of the ``with`` block."""
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        first, self.number = self.number is None, self.number or number
        if not (first and self._patient):
            raise KeyboardInterrupt
        self._tell("finishing the block in hand; once more to stop at once")
