"""What goes on beside a run: the load of the machine, and strangers on the GPU."""

from __future__ import annotations

import os
import time
from collections.abc import Container

from rnnbench.schema.records import Round
from rnnbench.system.nvidia import nvidia_smi

#: Asking for the processes on a GPU takes a while, so it is done this often, in seconds.
GPU_INTERVAL = 2.0


class Watch:
    """Looks at the machine between rounds, while no worker runs."""

    def __init__(self, device: str, ours: Container[int]) -> None:
        """Watch the CPU, and the GPU if ``device`` is one.

        Args:
            device: ``cpu`` or ``gpu:0`` ...
            ours: the process groups of the workers.
        """
        self._gpu = device.partition(":")[2]
        self._ours = ours
        self._looked = -GPU_INTERVAL
        self._strangers: int | None = None

    def look(self) -> Round:
        """Return the conditions of the round that has just been played."""
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
        if self._gpu and time.monotonic() - self._looked >= GPU_INTERVAL:
            self._strangers = gpu_strangers(self._gpu, self._ours)
            self._looked = time.monotonic()
        return Round(load, self._strangers)


def gpu_strangers(gpu: str, ours: Container[int]) -> int | None:
    """Return how many processes of other groups compute on an NVIDIA GPU.

    Args:
        gpu: its number.
        ours: process groups that don't count.

    Returns:
        None where ``nvidia-smi`` does not tell.
    """
    told = nvidia_smi(f"--id={gpu}", "--query-compute-apps=pid")
    if told is None:
        return None
    try:
        pids = [int(pid) for line in told for pid in line.split()]
    except ValueError:
        return None
    return sum(_group(pid) not in ours for pid in pids)


def _group(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except OSError:  # it has ended, or belongs to another container
        return None
