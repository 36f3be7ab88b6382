"""Checks of the machine: what disturbs measurements here, and what would make them better.

Everything is read, nothing changed, and no check needs root. What the system does not tell is
``unknown``, as often in a container or a virtual machine; what does not apply here (no battery, no
GPU) is left out.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import psutil

from rnnbench.doctor import cpu_checks
from rnnbench.doctor.finding import Finding
from rnnbench.doctor.page_faults import page_faults
from rnnbench.system import counters as system_counters
from rnnbench.system.nvidia import nvidia_smi

#: Shares of the physical memory. A little swap is what never ran again; much of it comes back.
LEAST_AVAILABLE, MOST_SWAP = 0.10, 0.10
#: Seconds: a block of 20 ms is then known to 0.01 %.
COARSEST_CLOCK = 1e-6


def check_machine(seconds: float = 1.0) -> list[Finding]:
    """Carry out all checks.

    Args:
        seconds: how long to watch who else uses the CPUs; this process sleeps meanwhile.
    """
    findings = (
        *cpu_checks.usage(seconds),
        counters(),
        cpu_checks.governor(),
        cpu_checks.turbo(),
        cpu_checks.smt(),
        cpu_checks.quota(),
        battery(),
        memory(),
        page_faults(),
        cpu_checks.affinity(),
        cpu_checks.flushing(),
        clock(),
        gpu(),
    )
    return [finding for finding in findings if finding is not None]


def counters() -> Finding:
    """Whether the system counts the time that a block loses to others."""
    times = system_counters.cpu_times()
    sources = {
        "waiting for a CPU": system_counters.delays(),
        "taken by a hypervisor": times.stolen,
        "computed by others": times.idle,
    }
    missing = [what for what, counted in sources.items() if counted is None]
    found = f"the time {' and '.join(missing or sources)} is {'not ' if missing else ''}counted"
    advice = "a disturbed block may pass as clean: measure on Linux, where /proc is not restricted"
    return Finding.judge("counters", not missing, found, advice)


def battery() -> Finding | None:
    """Whether the machine runs on its battery; None without one."""
    found = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
    if found is None:
        return None
    if found.power_plugged is None:
        return Finding.unknown("battery", "the system does not say whether it is plugged in")
    state = "plugged in" if found.power_plugged else "running on its battery"
    return Finding.judge("battery", found.power_plugged, f"the machine is {state}", "plug it in")


def memory() -> Finding:
    """Whether there is memory left, without swapping."""
    ram, swap = psutil.virtual_memory(), psutil.swap_memory().used
    enough = ram.available >= LEAST_AVAILABLE * ram.total and swap <= MOST_SWAP * ram.total
    available, total, swapped = (f"{size / 2**30:.1f}" for size in (ram.available, ram.total, swap))
    found = f"{available} of {total} GiB are available, {swapped} GiB are swapped out"
    advice = "end what uses the memory, or choose smaller sizes"
    return Finding.judge("memory", enough, found, advice)


def clock() -> Finding:
    """Whether the clock is fine enough."""
    resolution = time.get_clock_info("perf_counter").resolution
    found = f"the system states a clock resolution of {resolution * 1e9:g} ns"
    advice = "use a system with a finer clock"
    return Finding.judge("clock", resolution <= COARSEST_CLOCK, found, advice)


def gpu() -> Finding | None:
    """Whether processes compute on an NVIDIA GPU; None without its tool ``nvidia-smi``."""
    if shutil.which("nvidia-smi") is None:
        return None
    lines = nvidia_smi("--query-compute-apps=pid,process_name", timeout=20)
    if lines is None:
        return Finding.unknown("gpu", "nvidia-smi fails: run it to see why")
    rows = [line.split(", ", 1) for line in lines]
    users = [f"{Path(row[1]).name} (process {row[0]})" for row in rows if row[0].isdigit()]
    who = ", ".join(users) or "no process, as far as can be seen from here"
    advice = "end them, or measure while they are idle"
    return Finding.judge("gpu", not users, f"computing on the GPU: {who}", advice)
