"""A line that outlives the process that writes it."""

from __future__ import annotations

import mmap
from functools import lru_cache

from rnnbench.text import cut, plain

#: Bytes of a note.
SIZE = 1024


class Note:
    """A line in memory that a process shares with others.

    Of no memory of its own if a descriptor is given, and else with its children.
    """

    def __init__(self, descriptor: int = -1) -> None:
        self._memory = mmap.mmap(descriptor, SIZE)

    def read(self) -> str:
        """Return the line, empty at first."""
        return self._memory[:].rstrip(b"\0").decode(errors="ignore")

    def write(self, line: str) -> None:
        """Replace the line."""
        self._memory[:] = _written(line)


@lru_cache(maxsize=64)
def _written(line: str) -> bytes:
    return cut(plain(line), SIZE // 4).encode()[:SIZE].ljust(SIZE, b"\0")
