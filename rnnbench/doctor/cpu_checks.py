"""Checks of the CPUs: who else uses them, how fast they run, and how processes may use them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from rnnbench.doctor.finding import Finding
from rnnbench.system import denormals, threads
from rnnbench.system import usage as system_usage
from rnnbench.system.usage import MOST_STOLEN, MOST_USED

SYS = Path("/sys")
PROC = Path("/proc")

T = TypeVar("T")


def usage(seconds: float) -> tuple[Finding, Finding]:
    """Whether other processes and a hypervisor use the CPUs in the next ``seconds``."""
    found = system_usage.look(seconds)
    if found is None:
        why = "the system does not say what the CPUs do"
        return Finding.unknown("load", why), Finding.unknown("steal", why)
    stolen = None if found.stolen is None else 100 * found.stolen / found.cpus
    busiest = [
        f"{one.name} (process {one.pid}) {100 * one.cpus / found.cpus:.1f} %"
        for one in found.busiest
    ]
    return load(100 * found.used / found.cpus, ", ".join(busiest)), steal(stolen)


def load(percent: float, busiest: str) -> Finding:
    """Whether other processes used the CPUs."""
    found = f"other processes used {percent:.1f} % of the CPUs" + (busiest and f": {busiest}")
    advice = "end them, or measure while they are idle"
    return Finding.judge("load", percent <= 100 * MOST_USED, found, advice)


def steal(percent: float | None) -> Finding:
    """Whether a hypervisor gave the CPUs to other machines."""
    if percent is None:
        return Finding.unknown("steal", "the system does not count what a hypervisor takes")
    found = f"a hypervisor took {percent:.1f} % of the CPUs for other machines"
    return Finding.judge(
        "steal", percent <= 100 * MOST_STOLEN, found, "measure where CPUs are not shared"
    )


def governor() -> Finding:
    """Whether the CPUs keep their frequency up."""
    files = (SYS / "devices/system/cpu").glob("cpu[0-9]*/cpufreq/scaling_governor")
    governors = sorted({text for text in map(_read, files) if text})
    if not governors:
        return Finding.unknown("governor", "the system does not say how it sets the CPU frequency")
    found = f"the CPU frequency is set by the governor {', '.join(governors)}"
    advice = "sudo cpupower frequency-set --governor performance"
    return Finding.judge("governor", governors == ["performance"], found, advice)


def turbo() -> Finding:
    """Whether the CPUs exceed their rated frequency while heat and power allow."""
    for file, off in {"intel_pstate/no_turbo": "1", "cpufreq/boost": "0"}.items():
        path = SYS / "devices/system/cpu" / file
        state = _read(path)
        if state in ("0", "1"):
            found = f"the boost of the CPU frequency is {'off' if state == off else 'on'}"
            advice = f"switch it off while measuring: echo {off} | sudo tee {path}"
            return Finding.judge("turbo", state == off, found, advice)
    return Finding.unknown("turbo", "the system does not say whether it boosts the CPU frequency")


def smt() -> Finding:
    """Whether two CPUs may share one core."""
    path = SYS / "devices/system/cpu/smt"
    active = _read(path / "active")
    if active not in ("0", "1"):
        return Finding.unknown("smt", "the system does not say whether CPUs share a core")
    found = f"{'no CPUs' if active == '0' else 'CPUs'} share a core, as far as the system shows"
    advice = f"use one CPU per core while measuring: echo off | sudo tee {path / 'control'}"
    return Finding.judge("smt", active == "0", found, advice)


def quota() -> Finding:
    """Whether a control group (a container) halts its processes when their share is spent."""
    root = SYS / "fs/cgroup"
    lines = (_read(PROC / "self/cgroup") or "").splitlines()
    group = next((line[3:] for line in lines if line.startswith("0::")), None)
    if group is None or not (root / "cgroup.controllers").exists():
        return Finding.unknown("quota", "there is no cgroup v2 that would show a CPU quota")
    here = root / group.lstrip("/")
    limits = [_read(level / "cpu.max") for level in (here, *here.parents)]  # the lowest holds
    pairs = [limit.split() for limit in limits if limit and not limit.startswith("max")]
    cpus = min((int(allowed) / int(period) for allowed, period in pairs), default=None)
    found = "no CPU quota is set, as far as can be seen from here"
    if cpus is not None:
        found = f"a quota of {cpus:g} CPUs: all threads halt when it is spent"
    advice = "bind the container to CPUs instead (docker: --cpuset-cpus in place of --cpus)"
    return Finding.judge("quota", cpus is None, found, advice)


def affinity() -> Finding:
    """Whether a worker can be bound to one CPU."""
    try:
        cpus = _in_a_thread(lambda: threads.pin(1))
    except OSError:  # refused
        cpus = ()
    if cpus is None:
        return Finding.unknown("affinity", "the system has no call that binds a process to CPUs")
    found = f"a process {'can' if len(cpus) == 1 else 'cannot'} be bound to one CPU"
    advice = "allow sched_setaffinity in the container or sandbox"
    return Finding.judge("affinity", len(cpus) == 1, found, advice)


def flushing() -> Finding:
    """Whether denormal numbers can be flushed to zero in all frameworks alike."""
    denormals.flushed()  # imports NumPy: its threads must not inherit the mode of the other thread
    works = _in_a_thread(_flush)
    found = f"denormal numbers {'can' if works else 'cannot'} be flushed to zero in all frameworks"
    advice = "measure on Linux with glibc: frameworks that do not flush look up to 7 times slower"
    return Finding.judge("denormals", works, found, advice)


def _read(path: Path) -> str | None:
    """Return the text of a file, None where the system does not give it."""
    try:
        return path.read_text().strip()
    except OSError:
        return None


def _in_a_thread(function: Callable[[], T]) -> T:
    """Call a function in a thread of its own, whose affinity and modes end with it."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(function).result()


def _flush() -> bool:
    denormals.flush()
    return denormals.flushed()
