"""Conditions beside a run: the load of the machine, and other processes on the GPU."""

from __future__ import annotations

import os
import time
from collections.abc import Container

from rnnbench.schema.records.timing import Round
from rnnbench.system import machine
from rnnbench.system.nvidia import nvidia_smi

#: Seconds between two questions for the processes on a GPU, since each takes a while.
GPU_INTERVAL = 2.0


class Monitor:
    """Reads the conditions between rounds, while no worker runs."""

    def __init__(self, device: str, own_groups: Container[int]) -> None:
        """Prepare to read the load, and the GPU if ``device`` is one.

        Args:
            device: ``cpu`` or ``gpu:0`` ...
            own_groups: the process groups of the workers.
        """
        self._gpu = device.partition(":")[2]
        self._own_groups = own_groups
        self._asked = -GPU_INTERVAL
        self._strangers: int | None = None

    def read(self) -> Round:
        """Return the conditions at the end of a round."""
        if self._gpu and time.monotonic() - self._asked >= GPU_INTERVAL:
            self._strangers = gpu_strangers(self._gpu, self._own_groups)
            self._asked = time.monotonic()
        return Round(machine.load(), self._strangers)


def gpu_strangers(gpu: str, own_groups: Container[int]) -> int | None:
    """Return how many processes of other groups compute on an NVIDIA GPU.

    Args:
        gpu: its number.
        own_groups: process groups that don't count.

    Returns:
        None where ``nvidia-smi`` does not tell.
    """
    lines = nvidia_smi(f"--id={gpu}", "--query-compute-apps=pid")
    if lines is None:
        return None
    try:
        pids = [int(pid) for line in lines for pid in line.split()]
    except ValueError:
        return None
    return sum(_group(pid) not in own_groups for pid in pids)


def _group(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except OSError:  # it has ended, or belongs to another container
        return None
