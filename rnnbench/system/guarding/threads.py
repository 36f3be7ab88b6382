"""Threads that strangers leave behind: they can't be ended, and take time from what is timed."""

from __future__ import annotations

import _thread
import threading
import time

#: Seconds in which one that is about to end may do so.
PATIENCE = 0.05
#: Names that are told of.
MOST = 3


def count() -> int:
    """Return how many threads Python has started that go on, those without an object included."""
    return _thread._count()


def since(before: int) -> str:
    """Return what is told of the threads that there are more of than before, empty if of none."""
    deadline = time.monotonic() + PATIENCE
    while count() > before and time.monotonic() < deadline:
        time.sleep(0.005)
    more = count() - before
    if more <= 0:
        return ""
    names = [one.name for one in threading.enumerate() if one is not threading.main_thread()]
    named = names[-more:][:MOST]
    which = f" ({', '.join(named)}{', ...' if more > MOST else ''})" if named else ""
    what = "a thread" if more == 1 else f"{more} threads"
    return f"leaves {what} behind{which}: what is timed may be disturbed by it"
