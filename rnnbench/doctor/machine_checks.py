"""Checks of the machine: what disturbs measurements here, and what would make them better.

Everything is read, nothing changed, and no check needs root. What the system does not tell is
``unknown``, as often in a container or a virtual machine; what does not apply here (no battery, no
GPU) is left out.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal, TypeVar

import msgspec
import psutil

from rnnbench.system import counters as system_counters
from rnnbench.system import denormals, threads
from rnnbench.system.nvidia import nvidia_smi

SYS = Path("/sys")
PROC = Path("/proc")

#: Per cent of all CPUs that other processes and a hypervisor may take.
MOST_LOAD, MOST_STEAL = 5.0, 1.0
#: Shares of the physical memory. A little swap is what never ran again; much of it comes back.
LEAST_AVAILABLE, MOST_SWAP = 0.10, 0.10
#: Seconds: a block of 20 ms is then known to 0.01 %.
COARSEST_CLOCK = 1e-6

_NOT_BUSY = {"idle", "iowait", "steal", "guest", "guest_nice"}  # guests are counted in user, too
T = TypeVar("T")


class Finding(msgspec.Struct, frozen=True):
    """The result of one check.

    Attributes:
        name: one word for what was checked.
        verdict: ``poor`` where something could be better.
        found: what is so, or why that is not known, in plain words.
        advice: what to do about it, only where it is poor.
    """

    name: str
    verdict: Literal["good", "poor", "unknown"]
    found: str
    advice: str | None = None


def check_machine(seconds: float = 1.0) -> list[Finding]:
    """Carry out all checks.

    Args:
        seconds: how long to watch who else uses the CPUs; this process sleeps meanwhile.
    """
    findings = (check() for check in _CHECKS)
    return [*usage(seconds), *(finding for finding in findings if finding is not None)]


def usage(seconds: float) -> tuple[Finding, Finding]:
    """Whether other processes and a hypervisor use the CPUs in the next ``seconds``."""
    list(psutil.process_iter(["cpu_percent"]))  # each is counted from its first look to the next
    try:
        times = psutil.cpu_times_percent(seconds)._asdict()
    except OSError:  # hidden by a sandbox
        times = {}
    if not any(times.values()):
        why = "the system does not say what the CPUs do"
        return _unknown("load", why), _unknown("steal", why)
    busy = sum(percent for kind, percent in times.items() if kind not in _NOT_BUSY)
    return load(busy, _busiest()), steal(times.get("steal"))


def load(percent: float, busiest: str) -> Finding:
    """Whether other processes used the CPUs."""
    found = f"other processes used {percent:.1f} % of the CPUs" + (busiest and f": {busiest}")
    return _judged("load", percent <= MOST_LOAD, found, "end them, or measure while they are idle")


def steal(percent: float | None) -> Finding:
    """Whether a hypervisor gave the CPUs to other machines."""
    if percent is None:
        return _unknown("steal", "the system does not count what a hypervisor takes")
    found = f"a hypervisor took {percent:.1f} % of the CPUs for other machines"
    return _judged("steal", percent <= MOST_STEAL, found, "measure where CPUs are not shared")


def counters() -> Finding:
    """Whether the system counts the time that a block loses to others."""
    sources = {
        "waiting for a CPU": system_counters.delays,
        "taken by a hypervisor": system_counters.stolen,
    }
    missing = [what for what, read in sources.items() if read() is None]
    found = f"the time {' and '.join(missing or sources)} is {'not ' if missing else ''}counted"
    advice = "a disturbed block may pass as clean: measure on Linux, where /proc is not restricted"
    return _judged("counters", not missing, found, advice)


def governor() -> Finding:
    """Whether the CPUs keep their frequency up."""
    files = (SYS / "devices/system/cpu").glob("cpu[0-9]*/cpufreq/scaling_governor")
    governors = sorted({text for text in map(_read, files) if text})
    if not governors:
        return Finding(
            "governor", "unknown", "the system does not say how it sets the CPU frequency"
        )
    found = f"the CPU frequency is set by the governor {', '.join(governors)}"
    advice = "sudo cpupower frequency-set --governor performance"
    return _judged("governor", governors == ["performance"], found, advice)


def turbo() -> Finding:
    """Whether the CPUs exceed their rated frequency while heat and power allow."""
    for file, off in {"intel_pstate/no_turbo": "1", "cpufreq/boost": "0"}.items():
        path = SYS / "devices/system/cpu" / file
        state = _read(path)
        if state in ("0", "1"):
            found = f"the boost of the CPU frequency is {'off' if state == off else 'on'}"
            advice = f"switch it off while measuring: echo {off} | sudo tee {path}"
            return _judged("turbo", state == off, found, advice)
    return Finding(
        "turbo", "unknown", "the system does not say whether it boosts the CPU frequency"
    )


def smt() -> Finding:
    """Whether two CPUs may share one core."""
    path = SYS / "devices/system/cpu/smt"
    active = _read(path / "active")
    if active not in ("0", "1"):
        return _unknown("smt", "the system does not say whether CPUs share a core")
    found = f"{'no CPUs' if active == '0' else 'CPUs'} share a core, as far as the system shows"
    advice = f"use one CPU per core while measuring: echo off | sudo tee {path / 'control'}"
    return _judged("smt", active == "0", found, advice)


def quota() -> Finding:
    """Whether a control group (a container) halts its processes when their share is spent."""
    root = SYS / "fs/cgroup"
    lines = (_read(PROC / "self/cgroup") or "").splitlines()
    group = next((line[3:] for line in lines if line.startswith("0::")), None)
    if group is None or not (root / "cgroup.controllers").exists():
        return _unknown("quota", "there is no cgroup v2 that would show a CPU quota")
    here = root / group.lstrip("/")
    limits = [_read(level / "cpu.max") for level in (here, *here.parents)]  # the lowest holds
    pairs = [limit.split() for limit in limits if limit and not limit.startswith("max")]
    cpus = min((int(allowed) / int(period) for allowed, period in pairs), default=None)
    found = "no CPU quota is set, as far as can be seen from here"
    if cpus is not None:
        found = f"a quota of {cpus:g} CPUs: all threads halt when it is spent"
    advice = "bind the container to CPUs instead (docker: --cpuset-cpus in place of --cpus)"
    return _judged("quota", cpus is None, found, advice)


def battery() -> Finding | None:
    """Whether the machine runs on its battery; None without one."""
    found = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
    if found is None:
        return None
    if found.power_plugged is None:
        return _unknown("battery", "the system does not say whether it is plugged in")
    state = "plugged in" if found.power_plugged else "running on its battery"
    return _judged("battery", found.power_plugged, f"the machine is {state}", "plug it in")


def memory() -> Finding:
    """Whether there is memory left, without swapping."""
    ram, swap = psutil.virtual_memory(), psutil.swap_memory().used
    enough = ram.available >= LEAST_AVAILABLE * ram.total and swap <= MOST_SWAP * ram.total
    available, total, swapped = (f"{size / 2**30:.1f}" for size in (ram.available, ram.total, swap))
    found = f"{available} of {total} GiB are available, {swapped} GiB are swapped out"
    return _judged("memory", enough, found, "end what uses the memory, or choose smaller sizes")


def affinity() -> Finding:
    """Whether a worker can be bound to one CPU."""
    try:
        cpus = _in_a_thread(lambda: threads.pin(1))
    except OSError:  # refused
        cpus = ()
    if cpus is None:
        return _unknown("affinity", "the system has no call that binds a process to CPUs")
    found = f"a process {'can' if len(cpus) == 1 else 'cannot'} be bound to one CPU"
    advice = "allow sched_setaffinity in the container or sandbox"
    return _judged("affinity", len(cpus) == 1, found, advice)


def flushing() -> Finding:
    """Whether denormal numbers can be flushed to zero in all frameworks alike."""
    denormals.flushed()  # imports NumPy: its threads must not inherit the mode of the other thread
    works = _in_a_thread(_flush)
    found = f"denormal numbers {'can' if works else 'cannot'} be flushed to zero in all frameworks"
    advice = "measure on Linux with glibc: frameworks that do not flush look up to 7 times slower"
    return _judged("denormals", works, found, advice)


def clock() -> Finding:
    """Whether the clock is fine enough."""
    resolution = time.get_clock_info("perf_counter").resolution
    found = f"the system states a clock resolution of {resolution * 1e9:g} ns"
    return _judged("clock", resolution <= COARSEST_CLOCK, found, "use a system with a finer clock")


def gpu() -> Finding | None:
    """Whether processes compute on an NVIDIA GPU; None without its tool ``nvidia-smi``."""
    if shutil.which("nvidia-smi") is None:
        return None
    told = nvidia_smi("--query-compute-apps=pid,process_name", timeout=20)
    if told is None:
        return _unknown("gpu", "nvidia-smi fails: run it to see why")
    rows = [line.split(", ", 1) for line in told]
    users = [f"{Path(row[1]).name} (process {row[0]})" for row in rows if row[0].isdigit()]
    who = ", ".join(users) or "no process, as far as can be seen from here"
    advice = "end them, or measure while they are idle"
    return _judged("gpu", not users, f"computing on the GPU: {who}", advice)


#: The checks that take no time.
_CHECKS: tuple[Callable[[], Finding | None], ...] = (
    *(counters, governor, turbo, smt, quota, battery, memory),
    *(affinity, flushing, clock, gpu),
)


def _unknown(name: str, why: str) -> Finding:
    return Finding(name, "unknown", why)


def _judged(name: str, good: bool, found: str, advice: str) -> Finding:
    return Finding(name, "good", found) if good else Finding(name, "poor", found, advice)


def _read(path: Path) -> str | None:
    """Return the text of a file, None where the system does not give it."""
    try:
        return path.read_text().strip()
    except OSError:
        return None


def _busiest() -> str:
    """Return the two busiest of the other processes that can be seen, if at 1 % or more."""
    cpus = psutil.cpu_count() or 1
    others = [p.info for p in psutil.process_iter(["pid", "name", "cpu_percent"])]
    shares = [
        ((info["cpu_percent"] or 0.0) / cpus, f"{info['name']} (process {info['pid']})")
        for info in others
        if info["pid"] != os.getpid()
    ]
    top = sorted(shares, reverse=True)[:2]
    return ", ".join(f"{who} {percent:.1f} %" for percent, who in top if percent >= 1)


def _in_a_thread(function: Callable[[], T]) -> T:
    """Call a function in a thread of its own, whose affinity and modes end with it."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(function).result()


def _flush() -> bool:
    denormals.flush()
    return denormals.flushed()
