"""Counters of the system: the time that a process used, and that others took from it."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path
from typing import NamedTuple

from rnnbench.schema.sample import Sample

_TASKS = Path("/proc/self/task")
_STAT = Path("/proc/stat")
#: Where a line ``cpu0 user nice system idle iowait irq softirq steal`` has its steal.
_STEAL = 8


class Counters(NamedTuple):
    """The counters of this process at one moment.

    Attributes:
        cpu_ns: processor time of all its threads.
        switches: involuntary context switches.
        delays: by thread, see :func:`delays`.
        steal_ns: see :func:`stolen`.
    """

    cpu_ns: int
    switches: int
    delays: dict[str, int] | None
    steal_ns: int | None

    @classmethod
    def read(cls, evidence: bool = True) -> Counters:
        """Read the counters; without ``evidence`` only those that are quick to read."""
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


def delays() -> dict[str, int] | None:
    """Return the nanoseconds that each thread has waited for a CPU, None where nothing counts them.

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
    """Return the nanoseconds that a hypervisor took from this process's CPUs, None if unknown."""
    try:
        mine = {f"cpu{number}" for number in os.sched_getaffinity(0)}
        lines = (line.split() for line in _STAT.read_text().splitlines())
        ticks = sum(int(fields[_STEAL]) for fields in lines if fields and fields[0] in mine)
    except (AttributeError, OSError, IndexError, ValueError):
        return None
    return ticks * 1_000_000_000 // os.sysconf("SC_CLK_TCK")
