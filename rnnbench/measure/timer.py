"""One sample: a block of calls between two synchronisations, with evidence of what disturbed it.

The system knows when a thread that wanted to run could not. The counters are read outside the timed
part, so they cost it nothing; what a system does not count is None.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from rnnbench.schema.sample import Sample
from rnnbench.system.counters import Counters


class Waits(Protocol):
    """What computes on its own, as a program does, and can be waited for."""

    def wait(self) -> None:
        """Return only when everything asked for so far is computed."""


def sample(
    program: Waits, run: Callable[[], object], calls: int, *, evidence: bool = True
) -> Sample:
    """Time a block of calls, with one synchronisation at each end.

    Args:
        program: what is waited for.
        run: one call.
        calls: how many.
        evidence: whether to count waiting and stolen time, which takes a file per thread.

    Raises:
        RuntimeError: if the clock does not advance.
    """
    program.wait()
    before = Counters.read(evidence)
    start = time.perf_counter_ns()
    for _ in range(calls):
        run()
    program.wait()
    wall = time.perf_counter_ns() - start
    if wall <= 0:
        raise RuntimeError(f"the clock did not advance: {wall} ns for {calls} calls")
    return Counters.read(evidence).since(before, calls, wall)
