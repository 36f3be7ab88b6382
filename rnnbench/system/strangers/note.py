"""A line that outlives the process that writes it."""

from __future__ import annotations

import mmap

from rnnbench.text import cut, plain

#: Bytes of a note.
SIZE = 1024


class Note:
    """A line in memory that a process shares with its children."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, SIZE)

    def read(self) -> str:
        """Return the line, empty at first."""
        return self._memory[:].rstrip(b"\0").decode(errors="ignore")

    def write(self, line: str) -> None:
        """Replace the line."""
        self._memory[:] = cut(plain(line)).encode()[:SIZE].ljust(SIZE, b"\0")
