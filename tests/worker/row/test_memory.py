"""What a row adds to the memory: earlier rows and the framework don't count."""

import sys

import numpy as np
import pytest

from rnnbench.oracle.backend import NumpyBackend
from rnnbench.system import memory
from rnnbench.worker.row.memory import RowMemory

MIB = 2**20


class Gpu:
    """A backend whose allocator is made up."""

    device = "gpu:0"

    def __init__(self, *peaks):
        self.peaks = list(peaks)

    def reset_peak_memory(self):
        pass

    def peak_memory(self):
        return self.peaks.pop(0)


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_on_a_cpu_it_is_what_was_resident_above_what_was_there_before():
    kept = np.ones(64 * MIB, np.uint8)
    row = RowMemory(NumpyBackend("cpu", "float32"), "numpy")
    array = np.ones(32 * MIB, np.uint8)
    del array
    peak, added = row.used()
    assert 31 * MIB < added < 48 * MIB
    assert peak > added + kept.nbytes


def test_what_the_system_does_not_tell_is_not_known(monkeypatch):
    monkeypatch.setattr(memory, "reset_peak_memory", lambda: False)
    assert RowMemory(NumpyBackend("cpu", "float32"), "numpy").used() == (None, None)
    monkeypatch.setattr(memory, "reset_peak_memory", lambda: True)
    monkeypatch.setattr(memory, "settled_memory", lambda: None)
    monkeypatch.setattr(memory, "peak_memory", lambda: 7)
    assert RowMemory(NumpyBackend("cpu", "float32"), "numpy").used() == (7, None)


@pytest.mark.parametrize(
    ("before", "peak", "used"),
    [(5, 30, (30, 25)), (5, 4, (4, 0)), (None, 30, (30, None)), (5, None, (None, None))],
)
def test_on_a_gpu_it_is_what_the_allocator_held_above_that_before(before, peak, used):
    assert RowMemory(Gpu(before, peak), "torch").used() == used
