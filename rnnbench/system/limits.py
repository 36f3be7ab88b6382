"""Limits of a worker's files and memory, and signs that memory ran out."""

from __future__ import annotations

import os
import re
import resource
from collections.abc import Iterator
from pathlib import Path

#: The largest file that a worker may write, in bytes, its log above all.
LARGEST_FILE = 1 << 28
#: The words of frameworks and of the C++ library for memory that ran out, for a thread's stack too.
_OUT_OF_MEMORY = re.compile(
    r"out of memory|can't allocate memory|cannot allocate memory|unable to allocate|bad_alloc"
    r"|RESOURCE_EXHAUSTED|OOM when|MemoryError|pthread_create\(\) failed|can't start new thread",
    re.IGNORECASE,
)
#: The files in which Linux counts the processes that it has ended for want of memory.
_COUNTERS = (Path("/proc/vmstat"), Path("/sys/fs/cgroup/memory.events"))
#: The bytes at the end of a log that are searched.
_TAIL = 4096


def limit_files(size: int) -> None:
    """Limit each file that this process writes, and all it starts, to so many bytes.

    A lower limit that holds already stays.
    """
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    if most != resource.RLIM_INFINITY:
        size = min(size, most)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def limit_memory(size: int) -> None:
    """Limit the data of this process, in bytes, on Linux.

    Address space is not limited: frameworks reserve far more of it than they use.
    """
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))


def out_of_memory(text: str) -> bool:
    """Return whether a message says that memory ran out."""
    return _OUT_OF_MEMORY.search(text) is not None


def tail(log: int, start: int = 0) -> str:
    """Return the end of a log, without what stood there before the byte ``start``.

    Args:
        log: its descriptor; what else may stand under its name by now is not opened.
        start: in bytes.
    """
    start = max(start, os.fstat(log).st_size - _TAIL)
    return os.pread(log, _TAIL, start).decode(errors="replace")


def oom_kills() -> int:
    """Return how many processes the system has ended for want of memory, as far as it counts."""
    return sum(_counts())


def _counts() -> Iterator[int]:
    for counter in _COUNTERS:
        try:
            lines = counter.read_text().splitlines()
        except OSError:
            continue
        yield sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))
