"""Who has started whom, as Linux lists it: ``/proc/<pid>/task/<tid>/children``.

Reading it takes some 5 µs a thread. A child may be missing where another one ends meanwhile, so one
empty look proves nothing. Elsewhere nobody has children.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

#: The children that this process has started by itself and still waits for.
OWN: set[int] = set()


def children(pid: int) -> list[int]:
    """Return the children of all threads of a process; none if it has ended."""
    found: list[int] = []
    with suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - once a turn: it must be cheap
            found += _children(pid, task)
    return found


def orphans() -> list[int]:
    """Return the children of this process that are not :data:`OWN`: what it has adopted is there.

    So is what others in this process have started.
    """
    with suppress(OSError):  # the first thread is the one that adopts
        return [pid for pid in _children(os.getpid(), str(os.getpid())) if pid not in OWN]
    return []


def below(pid: int) -> list[int]:
    """Return all descendants of a process, parents before their children."""
    found = children(pid)
    for child in found:  # which grows meanwhile
        found += children(child)
    return found


def is_zombie(pid: int) -> bool:
    """Return whether a process has ended and nobody has heard it yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False


def session(pid: int) -> int | None:
    """Return the session of a process, None if it has ended."""
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return None


def reap(pid: int) -> None:
    """Let a child go that has ended; one by one, since others here wait for children of theirs."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def _children(pid: int, task: str) -> list[int]:
    file = os.open(f"/proc/{pid}/task/{task}/children", os.O_RDONLY)
    try:
        text = b""
        while part := os.read(file, 1 << 16):
            text += part
    finally:
        os.close(file)
    return [int(child) for child in text.split()]
