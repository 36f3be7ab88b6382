"""Matrix products on a machine whose clock is ours."""

import math
from collections import Counter
from contextlib import nullcontext

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from rnnbench.measure import timer
from rnnbench.oracle.backend import NumpyBackend
from rnnbench.schema.messages.peak_rate import Gemm
from rnnbench.worker import peak_rate
from rnnbench.worker.peak_rate import BLOCK, LONG_ENOUGH, SIZES, STEP_BLOCK, TRIES

BLOCKS = 6
#: Of a product that is not square.
SHAPE = (3, 7, 28)


def measure(backend):
    return peak_rate.measure(backend, Gemm("cpu", "float32", BLOCKS))


class Clock:
    def __init__(self):
        self.now = 0.0

    def perf_counter(self):
        return self.now

    def perf_counter_ns(self):
        return round(1e9 * self.now)


class Operand:
    """A matrix on a machine whose products take as long as it is told."""

    def __init__(self, machine, array):
        self.machine = machine
        self.shape = array.shape

    def __matmul__(self, other):
        assert self.shape[1] == other.shape[0]
        shape = (*self.shape, other.shape[1])
        assert len(set(shape)) == 1 or shape == SHAPE
        self.machine.clock.now += self.machine.next_product(shape)
        return {0: np.zeros(shape[2])}


class Machine:
    """A backend that multiplies at a constant rate, but for what befalls single products."""

    device = "gpu:0"

    def __init__(self, clock, gflops, surprises=None):
        self.clock, self.gflops, self.surprises = clock, gflops, surprises or {}
        self.products = []
        self.counts = Counter()

    def put(self, array):
        return Operand(self, array)

    def scope(self):
        return nullcontext()

    def numpy(self, array):
        return np.asarray(array)

    def next_product(self, shape):
        size = shape[0]
        self.products.append(size)
        self.counts[size] += 1
        nth = self.counts[size] - 1
        return self.usual(shape) * self.surprises.get((size, nth), 1.0)

    def usual(self, shape):
        return 2 * math.prod(shape) / self.gflops / 1e9


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(peak_rate, "time", made)
    monkeypatch.setattr(timer, "time", made)
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


def rates(found):
    """Return the GFLOP/s of each sample."""
    return [2 * found.size**3 / sample.seconds / 1e9 for sample in found.samples]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_reference_has_a_rate(monkeypatch, dtype):
    monkeypatch.setattr(peak_rate, "SIZES", SIZES[:1])
    with threadpool_limits(1, "blas"):  # two threads wait for each other on a busy machine
        found = measure(NumpyBackend("cpu", dtype))
    assert found.size == SIZES[0]
    assert all(np.isfinite(rates(found)))


@pytest.mark.parametrize("last", range(4))
def test_sizes_grow_until_a_product_takes_long_enough(clock, small, last):
    machine = Machine(clock, rate_that_needs(small[last]))
    assert rates(measure(machine)) == pytest.approx([machine.gflops] * BLOCKS)
    tried = [n for n in small[: last + 1] for _ in range(1 + TRIES)]
    assert machine.products[: len(tried)] == tried
    assert len(set(machine.products)) == last + 1


def test_sizes_end_on_the_fastest_machine(clock, small):
    machine = Machine(clock, 10 * rate_that_needs(small[-1]))
    assert rates(measure(machine)) == pytest.approx([machine.gflops] * BLOCKS, rel=1e-3)
    assert max(machine.products) == small[-1]


def test_a_block_is_as_long_as_that_of_a_row(clock, small):
    found = measure(Machine(clock, 10 * rate_that_needs(small[-1])))
    for sample in found.samples:
        assert sample.wall_ns * 1e-9 == pytest.approx(BLOCK, rel=0.1)


def test_the_first_product_of_a_size_does_not_count(clock, small):
    compiling = {(n, 0): 1e6 for n in small}
    machine = Machine(clock, rate_that_needs(small[2]), compiling)
    assert rates(measure(machine)) == pytest.approx([machine.gflops] * BLOCKS)
    assert max(machine.products) == small[2]


def test_disturbed_tries_do_not_end_the_search(clock, small):
    disturbed = {(n, k): 1e6 for n in small for k in range(1 + TRIES) if k != 3}
    machine = Machine(clock, rate_that_needs(small[2]), disturbed)
    measure(machine)
    assert max(machine.products) == small[2]


def test_the_size_with_the_highest_rate_is_sampled(clock, small):
    slow_when_large = {(small[2], k): 1.25 for k in range(1 + TRIES)}
    machine = Machine(clock, rate_that_needs(small[2]), slow_when_large)
    assert measure(machine).size in small[:2]


def test_a_disturbed_sample_is_kept_as_it_is(clock, small):
    hit = {(small[1], 1 + TRIES): 100.0}
    found = rates(measure(Machine(clock, rate_that_needs(small[1]), hit)))
    assert min(found) < 0.1 * max(found)


def test_a_size_that_is_known_is_not_looked_for(clock, small):
    machine = Machine(clock, rate_that_needs(small[2]))
    found = peak_rate.measure(machine, Gemm("cpu", "float32", 1, small[1]))
    assert rates(found) == pytest.approx([machine.gflops])
    assert set(machine.products) == {small[1]}


def test_a_step_of_a_framework_that_is_slow_to_call_is_that_of_numpy(clock, monkeypatch):
    machine = Machine(clock, 1e-9)
    machine.device, machine.dtype = "cpu", "float64"
    found = peak_rate.step_product(machine, SHAPE)
    assert isinstance(found, peak_rate.NumpyProduct)
    found()
    monkeypatch.setattr(peak_rate.NumpyProduct, "seconds", lambda self: 1e9)
    assert peak_rate.step_product(machine, SHAPE)._backend is machine


def test_a_product_of_one_shape_is_sampled_in_short_blocks(clock):
    machine = Machine(clock, 0.001)
    found = peak_rate.measure(machine, Gemm("cpu", "float32", BLOCKS, shape=SHAPE))
    assert len(found.samples) == BLOCKS
    for sample in found.samples:
        assert sample.seconds == pytest.approx(2 * math.prod(SHAPE) / 1e6)
        assert sample.wall_ns * 1e-9 == pytest.approx(STEP_BLOCK, rel=0.1)
