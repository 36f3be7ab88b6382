"""Ending processes that may start others meanwhile: again and again, until nobody is left."""

from __future__ import annotations

import time
from collections.abc import Callable

#: Empty looks in a row that prove there is nothing, and the seconds between two of them.
QUIET, INTERVAL = 5, 0.002
#: Seconds after which what forks faster than it can be ended is let go.
PATIENCE = 5.0


def until_nobody_is_left(end: Callable[[], bool]) -> None:
    """End processes until none has been found several times in a row.

    Args:
        end: ends those that are there, and returns whether there were any.
    """
    deadline, quiet = time.monotonic() + PATIENCE, 0
    while quiet < QUIET and time.monotonic() < deadline:
        if end():
            quiet = 0
        else:
            quiet += 1
            time.sleep(INTERVAL)
