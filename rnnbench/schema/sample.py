"""Timed blocks, with evidence of what disturbed them."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from rnnbench.schema.types import Count, Integer, Positive

#: Nanoseconds, of which a median may have a half.
Nanoseconds = Annotated[float, Meta(gt=0, le=1e18)]


class Sample(msgspec.Struct, frozen=True, array_like=True, gc=False):  # numbers alone, and many
    """One timed block; written as an array to keep results files small.

    Attributes:
        calls: how many calls of the step or the forward pass it holds.
        wall_ns: nanoseconds from one synchronisation to the other.
        cpu_ns: processor time of all threads of the process.
        switches: involuntary context switches of all its threads.
        delay_ns: how long its threads, together, were ready to run and waited for a CPU.
        steal_ns: how long the hypervisor ran something else on the CPUs of the process.
        others_ns: processor time that others took on the CPUs of the process, beyond what CPUs that
            it does not need could give; see :func:`rnnbench.system.counters.computed_by_others`. A
            difference of two counts of ticks, so it may be a tick off either way, and below 0. None
            where nothing counts it, and in files that were written before this was.
        threads: of the process, told by its run: the CPUs that this was counted on. None in files
            that were written before this was, of which one or two are assumed.
        faults: pages of memory that its process asked the system for. None in files that were
            written before these were counted.
    """

    calls: Positive
    wall_ns: Positive
    cpu_ns: Count
    switches: Count
    delay_ns: Count | None = None
    steal_ns: Count | None = None
    others_ns: Integer | None = None
    threads: Count | None = None
    faults: Count | None = None

    @property
    def seconds(self) -> float:
        """Seconds per call."""
        return self.wall_ns / self.calls * 1e-9

    @property
    def lost(self) -> float | None:
        """Waiting and stolen time as a share of wall time; None where nothing counts it."""
        known = [ns for ns in (self.delay_ns, self.steal_ns) if ns is not None]
        return sum(known) / self.wall_ns if known else None


class StreamTurn(msgspec.Struct, frozen=True, array_like=True):
    """One block of steps that were given one at a time.

    Attributes:
        sample: all of them.
        median_ns: of the latencies of its steps; ``p99_ns`` their 99th percentile.
    """

    sample: Sample
    median_ns: Nanoseconds
    p99_ns: Nanoseconds
