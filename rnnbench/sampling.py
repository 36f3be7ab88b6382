"""One sample: a block of calls between two synchronisations, with evidence of what disturbed it.

The system knows when a thread that wanted to run could not. The counters are read outside the timed
part, so they cost it nothing; what a system does not count is None.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import msgspec
from msgspec import Meta

if TYPE_CHECKING:  # reading results must not wait for NumPy
    from rnnbench.backend import Program

Count = Annotated[int, Meta(ge=0, le=1 << 62)]
Positive = Annotated[int, Meta(ge=1, le=1 << 62)]
#: A loss or a score.
Figure = Annotated[float, Meta(ge=-1e100, le=1e100)]

_TASKS = Path("/proc/self/task")
_STAT = Path("/proc/stat")
#: Where a line ``cpu0 user nice system idle iowait irq softirq steal`` has its steal.
_STEAL = 8


class Sample(msgspec.Struct, frozen=True, array_like=True):
    """One timed block; written as an array to keep results files small.

    Attributes:
        calls: how often it called.
        wall_ns: nanoseconds from one synchronisation to the other.
        cpu_ns: processor time of all threads of the process.
        switches: involuntary context switches of all its threads.
        delay_ns: how long its threads, together, were ready to run and waited for a CPU.
        steal_ns: how long the hypervisor ran something else on the CPUs of the process.
    """

    calls: Positive
    wall_ns: Positive
    cpu_ns: Count
    switches: Count
    delay_ns: Count | None = None
    steal_ns: Count | None = None

    @property
    def seconds(self) -> float:
        """Seconds per call."""
        return self.wall_ns / self.calls * 1e-9

    @property
    def lost(self) -> float | None:
        """Waiting and stolen time over wall time; None where nothing counts it."""
        known = [ns for ns in (self.delay_ns, self.steal_ns) if ns is not None]
        return sum(known) / self.wall_ns if known else None


class Counters(NamedTuple):
    """What the system counts for this process, at one moment."""

    cpu_ns: int
    switches: int
    delays: dict[str, int] | None
    steal_ns: int | None

    @classmethod
    def read(cls, evidence: bool = True) -> Counters:
        """Read the counters; without ``evidence`` only those that cost nothing to read."""
        switches = resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw
        lost = (delays(), stolen()) if evidence else (None, None)
        return cls(time.process_time_ns(), switches, *lost)

    def since(self, before: Counters, calls: int, wall_ns: int) -> Sample:
        """Return the sample of a block that began at ``before`` and ended here."""
        delay = None
        if self.delays is not None and before.delays is not None:
            # By thread: one that has ended meanwhile takes its count along.
            delay = sum(ns - before.delays.get(task, 0) for task, ns in self.delays.items())
        steal = None
        if self.steal_ns is not None and before.steal_ns is not None:
            steal = max(0, self.steal_ns - before.steal_ns)  # some kernels take a little back
        return Sample(
            calls,
            wall_ns,
            self.cpu_ns - before.cpu_ns,
            self.switches - before.switches,
            delay,
            steal,
        )


def sample(
    program: Program, run: Callable[[], object], calls: int, *, evidence: bool = True
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


def delays() -> dict[str, int] | None:
    """Return by thread the nanoseconds it has waited for a CPU, None where Linux does not count.

    The second field of ``/proc/<pid>/task/<tid>/schedstat`` (sched-stats.rst of the kernel).
    """
    found = {}
    try:
        for task in _TASKS.iterdir():
            try:
                text = (task / "schedstat").read_bytes()
            except (FileNotFoundError, ProcessLookupError):  # it ended while we looked
                continue
            found[task.name] = int(text.split()[1])
    except (OSError, IndexError, ValueError):
        return None
    return found or None  # a kernel built without it has no such file


def stolen() -> int | None:
    """Return the nanoseconds stolen from the CPUs of this process, None where nothing counts."""
    try:
        mine = {f"cpu{number}" for number in os.sched_getaffinity(0)}
        lines = (line.split() for line in _STAT.read_text().splitlines())
        ticks = sum(int(fields[_STEAL]) for fields in lines if fields and fields[0] in mine)
    except (AttributeError, OSError, IndexError, ValueError):
        return None
    return ticks * 1_000_000_000 // os.sysconf("SC_CLK_TCK")
