"""Counters of the system: the time that a process used, and that others took from it."""

from __future__ import annotations

import os
import resource
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil

from rnnbench.schema.sample import Sample
from rnnbench.system import threads

_TASKS = Path("/proc/self/task")
#: The processes that compute for this one, beside it: what they do is not done by others.
BESIDE: set[int] = set()
_STAT = Path("/proc/stat")
#: Where a line ``cpu0 user nice system idle iowait irq softirq steal`` has these.
_IDLE, _IOWAIT, _STEAL = 4, 5, 8


class CpuTimes(NamedTuple):
    """What the CPUs of this process, together, have done since the machine started, in nanoseconds.

    Attributes:
        idle: nothing, None if unknown.
        stolen: stood still for a hypervisor that ran something else, None if unknown.
    """

    idle: int | None = None
    stolen: int | None = None


class Counters(NamedTuple):
    """The counters of this process at one moment; its times are those of :data:`BESIDE`, too.

    Attributes:
        cpu_ns: processor time of all its threads.
        switches: involuntary context switches.
        delays: by thread, see :func:`delays`.
        steal_ns: see :class:`CpuTimes`.
        others_ns: see :func:`computed_by_others`.
        faults: page faults that needed no disk.
    """

    cpu_ns: int
    switches: int
    delays: dict[str, int] | None
    steal_ns: int | None
    others_ns: int | None
    faults: int = 0

    @classmethod
    def read(cls, evidence: bool = True) -> Counters:
        """Read the counters; without ``evidence`` only those that are quick to read."""
        usage = resource.getrusage(resource.RUSAGE_SELF)
        waited, times = (delays(), cpu_times()) if evidence else (None, CpuTimes())
        now, cpu = time.monotonic_ns(), processor_time()
        others = computed_by_others(now, times.idle, cpu)
        return cls(cpu, usage.ru_nivcsw, waited, times.stolen, others, usage.ru_minflt)

    def since(self, before: Counters, calls: int, wall_ns: int) -> Sample:
        """Return the sample of a block that began at ``before`` and ended here."""
        delay = None
        if self.delays is not None and before.delays is not None:
            # By thread: one that has ended meanwhile takes its count along.
            delay = sum(ns - before.delays.get(task, 0) for task, ns in self.delays.items())
        steal = _grown(self.steal_ns, before.steal_ns)
        others = _grown(self.others_ns, before.others_ns)
        return Sample(
            calls,
            wall_ns,
            self.cpu_ns - before.cpu_ns,
            self.switches - before.switches,
            delay,
            None if steal is None else max(0, steal),  # some kernels take a little back
            others,
            None if others is None else threads.told(),
            self.faults - before.faults,
        )


def _grown(now: int | None, before: int | None) -> int | None:
    return None if now is None or before is None else now - before


def computed_by_others(now: int, idle: int | None, own: int) -> int | None:
    """Return the processor time that others had of what this process needs, but for a constant.

    A process of n threads needs n CPUs. Of the time since a moment before, n times over, what its
    CPUs were not idle and it did not compute itself was taken by others: by programs, by the
    kernel, or by a hypervisor. Idle time is counted more finely than busy time: Linux notes when a
    CPU falls idle, and charges a whole tick to whoever runs when it ends. Where a process is bound
    to n CPUs, as on Linux, these alone are looked at. Elsewhere it may use all, and others disturb
    it once they and its threads are more than there are.

    Args:
        now: nanoseconds of a clock.
        idle: of its CPUs, see :class:`CpuTimes`.
        own: processor time of this process.
    """
    return None if idle is None else threads.told() * now - idle - own


def processor_time() -> int:
    """Return the nanoseconds that all threads of this process, and those beside it, have computed.

    The clock of another process has a number (``clock_getcpuclockid(3)``), on Linux alone.
    """
    total = time.process_time_ns()
    for pid in BESIDE if sys.platform == "linux" else ():
        with suppress(OSError):  # it has ended
            total += time.clock_gettime_ns((~pid << 3) | 2)
    return total


def delays() -> dict[str, int] | None:
    """Return the nanoseconds that each thread has waited for a CPU, None where nothing counts them.

    The second field of ``/proc/<pid>/task/<tid>/schedstat`` (sched-stats.rst of the kernel).
    """
    found: dict[str, int] = {}
    try:
        for tasks in (_TASKS, *(Path(f"/proc/{pid}/task") for pid in BESIDE)):
            found |= _delays(tasks)
    except (OSError, IndexError, ValueError):
        return None
    return found or None  # a kernel built without it has no such file


def _delays(tasks: Path) -> dict[str, int]:
    found = {}
    for task in tasks.iterdir():
        try:
            text = (task / "schedstat").read_bytes()
        except (FileNotFoundError, ProcessLookupError):  # it ended while we looked
            continue
        found[task.name] = int(text.split()[1])
    return found


def cpu_times() -> CpuTimes:
    """Return what the CPUs of this process have done, as far as the system counts it."""
    if not hasattr(os, "sched_getaffinity"):
        return CpuTimes(idle=int(psutil.cpu_times().idle * 1e9))
    try:
        lines = _lines(_STAT.read_text(), {f"cpu{number}" for number in os.sched_getaffinity(0)})
        idle = sum(line[_IDLE - 1] + line[_IOWAIT - 1] for line in lines)
    except (OSError, IndexError, ValueError):
        return CpuTimes()
    if not any(map(any, lines)):  # some sandboxes have lines of zeros
        return CpuTimes()
    steal = [line[_STEAL - 1] for line in lines if len(line) >= _STEAL]  # old kernels have none
    tick = 1_000_000_000 // os.sysconf("SC_CLK_TCK")
    return CpuTimes(idle * tick, sum(steal) * tick if steal else None)


def _lines(text: str, mine: set[str]) -> list[list[int]]:
    """Return the ticks of the CPUs named; if these are all, of their sum, which is rounded once."""
    lines = [line.split() for line in text.splitlines() if line.startswith("cpu")]
    every = {fields[0] for fields in lines} - {"cpu"}
    wanted = {"cpu"} if every <= mine else mine
    return [list(map(int, fields[1:])) for fields in lines if fields[0] in wanted]
