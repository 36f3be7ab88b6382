"""Children of this process: those in which strangers are called, and those that strangers start."""

from __future__ import annotations

import os
import selectors
import signal
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import suppress

from rnnbench.system.guarding.owner import really_exit
from rnnbench.system.processes import tree
from rnnbench.system.processes.bonds import die_with_parent
from rnnbench.system.processes.ending import INTERVAL, until_nobody_is_left

#: Seconds in which a call of strangers must come to its end, unless something else is said.
LONGEST = 60.0

#: Bytes that are read at once.
AT_ONCE = 1 << 20
#: Seconds that what is about to end has for it.
GRACE = 0.05


def started() -> frozenset[int] | None:
    """Return what this process has started, and what that has; known on Linux alone.

    Returns:
        None while it has workers, since what those start is theirs.
    """
    return None if tree.OWN else frozenset(tree.below(os.getpid()))


def end_since(before: frozenset[int] | None) -> bool:
    """End what strangers have started; return whether there was anybody.

    Args:
        before: what :func:`started` returned when they were called.
    """
    if before is None:
        return False
    deadline = time.monotonic() + GRACE
    while _since(before) and time.monotonic() < deadline:
        time.sleep(INTERVAL)
    ended: set[int] = set()

    def end_those_there() -> bool:
        left = _since(before)
        for pid in left:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        ended.update(left)
        return bool(left)

    if end_those_there():  # hardly ever
        until_nobody_is_left(end_those_there)
    for pid in ended:
        tree.reap(pid)
    return bool(ended)


def _since(before: frozenset[int]) -> list[int]:
    """Return what runs that was not there before."""
    now = tree.below(os.getpid())
    return [pid for pid in now if pid not in before and not tree.is_zombie(pid)]


def fork() -> int:
    """Fork; the child dies with its parent, whatever strangers are about in it.

    Threads that a stranger has started are not in the child, which needs none of them.
    """
    parent = os.getpid()
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # else the child might write the same once more
            stream.flush()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if not child:
        die_with_parent()
        if os.getppid() != parent:  # it has ended before that
            really_exit(1)
    return child


def end(child: int) -> None:
    """End a child, and what it has started in its group."""
    for kill in (os.kill, os.killpg):
        with suppress(ProcessLookupError, PermissionError):
            kill(child, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(child, 0)


def wait(
    child: int,
    reader: int,
    progress: Callable[[], str],
    longest: float = LONGEST,
    hear: Callable[[bytes], object] = lambda _: None,
) -> int | None:
    """Wait until a child has ended, or closes a pipe that it holds and ends soon after.

    Args:
        child: its process.
        reader: the end of the pipe that is not the child's.
        progress: returns what the child is about; with something else it has its time anew.
        longest: seconds that it may be about one thing.
        hear: is called with each piece of what comes through the pipe.

    Returns:
        How it has ended, None if it takes too long; 0 where the system keeps no children's ends.
    """
    seen, deadline = progress(), time.monotonic() + longest
    with selectors.DefaultSelector() as selector:
        selector.register(reader, selectors.EVENT_READ)
        while time.monotonic() < deadline:
            if selector.select(0.05):
                if piece := os.read(reader, AT_ONCE):
                    hear(piece)
                    continue
                time.sleep(0.001)
            try:
                ended, status = os.waitpid(child, os.WNOHANG)
            except ChildProcessError:  # nobody's children are waited for, as under some supervisors
                ended, status = child, 0
            if ended:  # what it has started may hold its end of the pipe
                while selector.select(0) and (piece := os.read(reader, AT_ONCE)):
                    hear(piece)
                return status
            if progress() != seen:
                seen, deadline = progress(), time.monotonic() + longest
    return None
