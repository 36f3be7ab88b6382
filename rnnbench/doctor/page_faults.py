"""What it costs here that the C library gives freed memory back to the system."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import NamedTuple

from rnnbench.doctor.finding import Finding
from rnnbench.schema.types import Allocator
from rnnbench.system import allocator as allocators

#: MiB that are allocated, filled and freed: more than glibc ever keeps by itself, and about as much
#: as a training step of T 100, batch 64, 512 → 512 uses at a time.
SIZE = 64
#: Saved share of the time from which on it is worth a word.
WORTH = 0.05
#: Prints seconds and page faults of one time, the fastest of ten.
PROGRAM = f"""
import resource, time
def once():
    faults, start = resource.getrusage(resource.RUSAGE_SELF).ru_minflt, time.perf_counter()
    bytearray(b"x") * ({SIZE} << 20)
    seconds = time.perf_counter() - start
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_minflt - faults
once()
print(*min(once() for _ in range(10)))
"""
#: Seconds that the program may take.
TIMEOUT = 30.0


class Filled(NamedTuple):
    """How long it takes to allocate, fill and free :data:`SIZE`, and with how many page faults."""

    seconds: float
    faults: int


def page_faults() -> Finding | None:
    """Whether memory that a step frees costs time when the next one needs it; None without glibc.

    A worker under ``--allocator kept`` does not pay it.
    """
    if not allocators.can_keep():
        return None
    try:
        usual, kept = filled("default"), filled("kept")
    except (OSError, ValueError, subprocess.SubprocessError):
        return Finding.unknown("page faults", "a process that allocates could not be run")
    return judged(usual, kept)


def judged(usual: Filled, kept: Filled) -> Finding:
    """Return what a process that keeps its memory saves."""
    saved = max(0.0, usual.seconds - kept.seconds)
    found = (
        f"to fill {SIZE} MiB that were freed before takes {usual.seconds * 1e3:.1f} ms and "
        f"{usual.faults} page faults; where memory is kept, {kept.seconds * 1e3:.1f} ms"
    )
    advice = "rnnbench run --allocator kept measures without them, and says so"
    return Finding.judge("page faults", saved < WORTH * usual.seconds, found, advice)


def filled(allocator: Allocator) -> Filled:
    """Return what one process says, set up as a worker is.

    Raises:
        OSError, ValueError, subprocess.SubprocessError: if it can't be run or says something else.
    """
    ended = subprocess.run(
        [sys.executable, "-I", "-S", "-c", PROGRAM],
        env=os.environ | allocators.environment(allocator),
        capture_output=True,
        text=True,
        check=True,
        timeout=TIMEOUT,
    )
    seconds, faults = ended.stdout.split()
    return Filled(float(seconds), int(faults))
