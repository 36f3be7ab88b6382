"""Calls before a row is timed: until it is warm, and proof that what is timed is the work's end."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from rnnbench.contracts.program import Program

T = TypeVar("T")

#: Seconds of rough timing before the blocks: at least one call, after the first one of all.
WARM_UP_SECONDS = 0.02
#: A result that can be read so many seconds after ``wait``, or in so small a share of the call's
#: own time, was waited for. What seems later is tried again, so that no pause decides it.
LATE, LATE_SHARE, TRIES = 0.001, 0.25, 5


def warm(
    program: Program, run: Callable[[], T], read: Callable[[T], object] = lambda result: None
) -> float:
    """Run until warm; return the fastest call, in seconds.

    Args:
        program: what is run.
        run: one call of it.
        read: gets at the result of a call, which must be there when ``wait`` has returned.

    Raises:
        RuntimeError: if the result is not there yet: what is timed would be the start of the work
            and not its end.
    """
    calls: list[tuple[float, float]] = []
    program.wait()
    while sum(map(sum, calls)) < WARM_UP_SECONDS or (late(calls) and len(calls) < TRIES):
        start = time.perf_counter()
        result = run()
        program.wait()
        waited = time.perf_counter()
        read(result)
        calls.append((waited - start, time.perf_counter() - waited))
    if late(calls):
        called, unread = (1e3 * statistics.median(each) for each in zip(*calls, strict=True))
        raise RuntimeError(
            f"wait() returns before the work is done: after {called:.2g} ms, and the result can be "
            f"read {unread:.2g} ms later"
        )
    return min(called for called, _ in calls)


def late(calls: Sequence[tuple[float, float]]) -> bool:
    """Return whether results were not there yet when ``wait`` had returned, by the medians."""
    if not calls:
        return False
    called, unread = (statistics.median(seconds) for seconds in zip(*calls, strict=True))
    return bool(unread > max(LATE, LATE_SHARE * called))
