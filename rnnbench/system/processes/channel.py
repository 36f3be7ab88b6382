"""Messages over a pair of sockets, one per line; waiting for one takes no CPU time.

The other end may break at any moment, in the middle of a message too, so a wait can have a limit.
"""

from __future__ import annotations

import selectors
import socket
import time

#: The longest message that is read, in bytes.
LONGEST = 1 << 24
#: The shortest time that is given to send one, in seconds; none at all would be another mode.
SHORTEST = 1e-3


class Silent(Exception):
    """No whole message came, or went, in time."""


class Channel:
    """One end of a pair of sockets."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._read = bytearray()

    def fileno(self) -> int:
        """Return the descriptor, to wait for several channels at once."""
        return self._end.fileno()

    def send(self, message: bytes, timeout: float | None = None) -> None:
        """Send one message, which holds no end of line.

        Args:
            message: the message.
            timeout: seconds until the other end must have taken what the system does not hold for
                it, None to wait for ever.

        Raises:
            Silent: if it has not.
            OSError: if the other end is closed.
        """
        self._end.settimeout(timeout if timeout is None else max(timeout, SHORTEST))
        try:
            self._end.sendall(message + b"\n")  # whose timeout is that of the whole message
        except TimeoutError:
            raise Silent from None
        finally:
            self._end.settimeout(None)

    def receive(self, timeout: float | None = None) -> bytes:
        """Return the next message, without its end of line.

        Args:
            timeout: seconds until all of it must be there, None to wait for ever; 0 or less takes
                only what is there already.

        Raises:
            Silent: if it is not there in time.
            EOFError: if the other end is closed.
            ValueError: if it is longer than :data:`LONGEST`.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while (end := self._read.find(b"\n")) < 0:
            if len(self._read) > LONGEST:
                raise ValueError(f"a message of more than {LONGEST} bytes")
            self._fill(deadline)
        message = bytes(self._read[:end])
        del self._read[: end + 1]
        return message

    def close(self) -> None:
        """Close this end."""
        self._end.close()

    def _fill(self, deadline: float | None) -> None:
        if deadline is not None:
            left = max(0.0, deadline - time.monotonic())
            with selectors.DefaultSelector() as selector:
                selector.register(self._end, selectors.EVENT_READ)
                if not selector.select(left):
                    raise Silent
        try:
            part = self._end.recv(1 << 16)
        except ConnectionError:
            part = b""
        if not part:
            raise EOFError
        self._read += part
