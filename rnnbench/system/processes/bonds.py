"""Bonds between a process and what is started below it, which Linux knows and nobody can cut.

A parent that adopts its orphans stays above everything that its children start, however often that
forks, and whatever session it moves to. A child that dies with its parent does so even while it is
stopped, when it could not notice by itself; another one may be woken then (``prctl(2)``:
``PR_SET_CHILD_SUBREAPER``, ``PR_SET_PDEATHSIG``). Other systems have neither; nothing happens
there.
"""

from __future__ import annotations

import ctypes
import signal
import sys
from functools import cache

_PDEATHSIG, _SUBREAPER = 1, 36
#: How many there are in this process that want orphans to be adopted.
_adopting = 0


def adopt_orphans() -> None:
    """Have this process become the parent of all orphans below it, until :func:`release`."""
    global _adopting
    _adopting += 1
    _prctl(_SUBREAPER, 1)


def release() -> None:
    """Undo one :func:`adopt_orphans`; what was adopted stays."""
    global _adopting
    _adopting -= 1
    if not _adopting:
        _prctl(_SUBREAPER, 0)


def die_with_parent() -> None:
    """Have this process killed when the thread that has started it ends; children don't inherit it.

    A parent that has ended before this call is not noticed.
    """
    _prctl(_PDEATHSIG, signal.SIGKILL)


def wake_when_parent_dies() -> None:
    """Have this process resumed, if it is stopped, when the thread that has started it ends."""
    _prctl(_PDEATHSIG, signal.SIGCONT)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        libc().prctl(option, value, 0, 0, 0)


@cache
def libc() -> ctypes.CDLL:
    """Return the C library, opened once: each time it would be a class of its own."""
    return ctypes.CDLL(None)
