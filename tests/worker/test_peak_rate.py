import math
from contextlib import nullcontext

import numpy as np
import pytest

from rnnbench.oracle.backend import NumpyBackend
from rnnbench.worker import peak_rate
from rnnbench.worker.peak_rate import LONG_ENOUGH, REPEATS, SIZES, best_rate


class Clock:
    def __init__(self):
        self.now = 0.0

    def perf_counter(self):
        return self.now


class Operand:
    """A matrix on a machine whose products take as long as it is told."""

    def __init__(self, machine, array):
        self.machine = machine
        self.size = array.shape[0]
        self.square = array.shape == (self.size, self.size)

    def __matmul__(self, other):
        assert self.square
        assert other.square
        self.machine.clock.now += self.machine.next_product(self.size)
        return {0: np.zeros(self.size)}


class Machine:
    """A backend that multiplies at a constant rate, but for what befalls single products."""

    def __init__(self, clock, gflops, surprises=None):
        self.clock, self.gflops, self.surprises = clock, gflops, surprises or {}
        self.products = []

    def put(self, array):
        return Operand(self, array)

    def scope(self):
        return nullcontext()

    def numpy(self, array):
        return np.asarray(array)

    def next_product(self, size):
        self.products.append(size)
        nth = self.products.count(size) - 1
        return self.usual(size) * self.surprises.get((size, nth), 1.0)

    def usual(self, size):
        return 2 * size**3 / self.gflops / 1e9


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(peak_rate, "time", made)
    return made


@pytest.fixture
def small(monkeypatch):
    """Sizes that need no memory to speak of."""
    sizes = (2, 4, 8, 16)
    monkeypatch.setattr(peak_rate, "SIZES", sizes)
    return sizes


def rate_that_needs(size):
    """Return the GFLOP/s at which this size just takes long enough."""
    return 2 * size**3 / LONG_ENOUGH / 1e9 * (1 - 1e-9)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_reference_has_a_rate(monkeypatch, dtype):
    monkeypatch.setattr(peak_rate, "SIZES", SIZES[:1])
    rate = best_rate(NumpyBackend("cpu", dtype))
    assert rate > 0
    assert math.isfinite(rate)


@pytest.mark.parametrize("last", range(4))
def test_sizes_grow_until_a_product_takes_long_enough(clock, small, last):
    machine = Machine(clock, rate_that_needs(small[last]))
    assert best_rate(machine) == pytest.approx(machine.gflops)
    assert machine.products == [n for n in small[: last + 1] for _ in range(1 + REPEATS)]


def test_sizes_end_on_the_fastest_machine(clock, small):
    machine = Machine(clock, 1000 * rate_that_needs(small[-1]))
    assert best_rate(machine) == pytest.approx(machine.gflops)
    assert max(machine.products) == small[-1]


def test_the_first_product_of_a_size_does_not_count(clock, small):
    compiling = {(n, 0): 1e6 for n in small}
    machine = Machine(clock, rate_that_needs(small[2]), compiling)
    assert best_rate(machine) == pytest.approx(machine.gflops)
    assert max(machine.products) == small[2]


def test_the_fastest_product_counts(clock, small):
    disturbed = {(n, k): 1e6 for n in small for k in range(1 + REPEATS) if k != 3}
    machine = Machine(clock, rate_that_needs(small[2]), disturbed)
    assert best_rate(machine) == pytest.approx(machine.gflops)
    assert max(machine.products) == small[2]


def test_the_fastest_size_counts(clock, small):
    slow_when_large = {(small[2], k): 1.25 for k in range(1 + REPEATS)}
    machine = Machine(clock, rate_that_needs(small[2]), slow_when_large)
    assert best_rate(machine) == pytest.approx(machine.gflops)
