"""Who else computes on this machine."""

from __future__ import annotations

import os

import psutil

from rnnbench.schema.machine import Busy, Look
from rnnbench.text import plain

#: Of all CPUs, the share that others and a hypervisor may take beside a measurement.
MOST_USED, MOST_STOLEN = 0.05, 0.01
#: How many processes are named, and the CPUs below which none is.
NAMED, LEAST_NAMED = 3, 0.02
_NOT_BUSY = {"idle", "iowait", "steal", "guest", "guest_nice"}  # guests are counted in user, too


def look(seconds: float) -> Look | None:
    """Look what the CPUs do while this process sleeps; None where the system does not tell."""
    try:
        list(psutil.process_iter(["cpu_percent"]))  # counted from one look to the next
        shares = psutil.cpu_times_percent(seconds)._asdict()
    except OSError:  # hidden by a sandbox
        return None
    if not any(shares.values()):
        return None
    cpus = psutil.cpu_count() or 1
    steal = shares.get("steal")
    used = sum(percent for kind, percent in shares.items() if kind not in _NOT_BUSY)
    return Look(
        cpus=cpus,
        used=used / 100 * cpus,
        stolen=None if steal is None else steal / 100 * cpus,
        busiest=_busiest(),
    )


def is_quiet(found: Look) -> bool:
    """Return whether little enough is used by others to measure."""
    return found.used <= MOST_USED * found.cpus and (found.stolen or 0) <= MOST_STOLEN * found.cpus


def named(processes: list[Busy]) -> str:
    """Return processes with the CPUs that they used, in one line."""
    return ", ".join(f"{one.name} (process {one.pid}) {one.cpus:.2g}" for one in processes)


def _busiest() -> list[Busy]:
    others = [process.info for process in psutil.process_iter(["pid", "name", "cpu_percent"])]
    found = [
        Busy(plain(info["name"] or "?")[:100], info["pid"], info["cpu_percent"] / 100)
        for info in others
        if info["pid"] != os.getpid() and (info["cpu_percent"] or 0) >= 100 * LEAST_NAMED
    ]
    return sorted(found, key=lambda one: -one.cpus)[:NAMED]
