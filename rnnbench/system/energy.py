"""Energy that the machine has used, where it counts that itself; never estimated.

A CPU counts that of each package (RAPL: ``Documentation/power/powercap/powercap.rst`` of the
kernel), whoever uses it; since 2020 most systems let root alone read it. An NVIDIA GPU counts its
own (``nvmlDeviceGetTotalEnergyConsumption``), which nvidia-ml-py tells.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

#: Where Linux lists what counts energy; a package is ``intel-rapl:0``, a part of it has two colons.
POWERCAP, PACKAGES = Path("/sys/class/powercap"), "intel-rapl:[0-9]*"


class Energy(NamedTuple):
    """Joules; None where nothing counts them.

    Attributes:
        cpu: of all packages of the CPU.
        gpu: of the GPU that is computed on.
    """

    cpu: float | None
    gpu: float | None


class Meter:
    """The counters of the packages and of a GPU, read at the beginning and at the end."""

    def __init__(self, device: str) -> None:
        """Begin to count; ``device`` is ``cpu`` or ``gpu:N``."""
        kind, _, number = device.partition(":")
        self._gpu = int(number or 0) if kind == "gpu" else None
        self._cpu_before, self._gpu_before = packages(), gpu_joules(self._gpu)

    @property
    def counts(self) -> bool:
        """Whether there is anything that counts."""
        return self._cpu_before is not None or self._gpu_before is not None

    def read(self) -> Energy:
        """Return what has been used since the beginning."""
        cpu, gpu = packages(), gpu_joules(self._gpu)
        before, gpu_before = self._cpu_before, self._gpu_before
        used = None
        if before is not None and cpu is not None and cpu.keys() == before.keys():
            # A counter that has gone round is behind where it was.
            used = sum((now - before[one][0]) % limit for one, (now, limit) in cpu.items()) / 1e6
        return Energy(used, None if gpu is None or gpu_before is None else gpu - gpu_before)


def packages() -> dict[str, tuple[int, int]] | None:
    """Return the microjoules of each package, and where its counter begins anew; None if unknown.

    None, too, where some of them can't be read: a part would be too little.
    """
    found = {}
    for package in POWERCAP.glob(PACKAGES):
        if package.name.count(":") == 1:
            try:
                used, limit = (
                    int((package / name).read_text())
                    for name in ("energy_uj", "max_energy_range_uj")
                )
            except (OSError, ValueError):
                return None
            found[package.name] = (used, limit + 1)
    return found or None


def gpu_joules(number: int | None) -> float | None:
    """Return the joules that a GPU has used since its driver was loaded; None if unknown."""
    if number is None:
        return None
    try:
        import pynvml
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
        handle = pynvml.nvmlDeviceGetHandleByIndex(number)
        return float(pynvml.nvmlDeviceGetTotalEnergyConsumption(handle)) / 1e3
    except pynvml.NVMLError:  # no driver, or a GPU that does not count
        return None
