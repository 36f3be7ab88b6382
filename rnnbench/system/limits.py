"""What a worker may use, and what tells that it wanted more."""

from __future__ import annotations

import re
import resource
from collections.abc import Iterator
from pathlib import Path

#: The largest file that a worker may write, in bytes, its log above all.
LARGEST_FILE = 1 << 28
#: How frameworks and the C++ library say that memory ran out, of which a thread's stack is a part.
_OUT_OF_MEMORY = re.compile(
    r"out of memory|can't allocate memory|cannot allocate memory|unable to allocate|bad_alloc"
    r"|RESOURCE_EXHAUSTED|OOM when|MemoryError|pthread_create\(\) failed|can't start new thread",
    re.IGNORECASE,
)
#: Where Linux counts the processes that it has ended for want of memory.
_COUNTERS = (Path("/proc/vmstat"), Path("/sys/fs/cgroup/memory.events"))
#: How much of the end of a log is looked at, in bytes.
_TAIL = 4096


def limit_files() -> None:
    """Have this process fail to write more than :data:`LARGEST_FILE` to one file."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))


def limit_memory(size: int) -> None:
    """Have this process fail to allocate more than so many bytes of data (on Linux).

    Address space is not limited: frameworks reserve far more of it than they use.
    """
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))


def out_of_memory(text: str) -> bool:
    """Return whether a message says that memory ran out."""
    return _OUT_OF_MEMORY.search(text) is not None


def tail(log: Path, start: int = 0) -> str:
    """Return the end of a log, nothing from before ``start``."""
    try:
        with log.open("rb") as file:
            file.seek(max(start, log.stat().st_size - _TAIL))
            return file.read().decode(errors="replace")
    except OSError:
        return ""


def kills() -> int:
    """Return how many processes the system has ended for want of memory, as far as it counts."""
    return sum(_counts())


def _counts() -> Iterator[int]:
    for counter in _COUNTERS:
        try:
            lines = counter.read_text().splitlines()
        except OSError:
            continue
        yield sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))
