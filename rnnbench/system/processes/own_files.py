"""Descriptors that are this process's alone: a child that it forks closes them at once.

A lock is held, and a pipe is open, as long as any process has it: a child that outlives this one
would keep others from its results, and its watchdogs from hearing of its end.
"""

from __future__ import annotations

import os
from contextlib import suppress

_OWN: set[int] = set()


def keep(descriptor: int) -> None:
    """Have children close a descriptor, until it is closed here, which :func:`forget` tells."""
    _OWN.add(descriptor)


def forget(descriptor: int) -> None:
    """Leave a descriptor alone again: its number may be another file's."""
    _OWN.discard(descriptor)


def _close() -> None:
    while _OWN:
        with suppress(OSError):
            os.close(_OWN.pop())


os.register_at_fork(after_in_child=_close)
