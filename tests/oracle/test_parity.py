import tracemalloc
from contextlib import nullcontext

import numpy as np
import pytest
from fake_backend import FakeBackend, Split
from fake_plugin import Echo, Means
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from threadpoolctl import threadpool_info, threadpool_limits

from rnnbench.conformance import MODELS, small_model
from rnnbench.errors import Mismatch, PluginError, Unsupported
from rnnbench.models.arrays.trees import tree_map
from rnnbench.models.cells.gated.gru import GRU
from rnnbench.models.cells.gated.lstm import LSTM
from rnnbench.models.model import Model
from rnnbench.models.network import Spec
from rnnbench.models.networks.stack import Stack
from rnnbench.models.networks.tcn import TCN
from rnnbench.models.networks.transformer import Transformer
from rnnbench.models.problem import Problem
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.models.training.schedule import Schedule
from rnnbench.oracle import parity
from rnnbench.oracle.backend import NumpyBackend, NumpyProgram
from rnnbench.oracle.parity import check, error, worst
from rnnbench.oracle.small_input import small_input
from rnnbench.oracle.traces import UPDATES

TENSORS = arrays(np.float64, array_shapes(min_side=0), elements=st.floats(-1e6, 1e6))


@given(TENSORS)
def test_a_tensor_agrees_with_itself(a):
    assert error(a, a) == 0


@given(TENSORS, st.floats(1e-6, 1e6))
def test_the_error_is_absolute_below_one_and_relative_above(a, shift):
    largest = max(1.0, np.max(np.abs(a), initial=0.0))
    expected = np.max(np.abs((a + shift) - a), initial=0.0) / largest
    assert error(a + shift, a) == expected


@pytest.mark.parametrize(
    ("ours", "oracle"),
    [([1.0, np.nan], [1.0, 1.0]), ([1.0], [np.inf]), ([np.nan], [np.nan]), ([[1.0]], [1.0])],
)
def test_what_cannot_be_compared_is_infinitely_wrong(ours, oracle):
    assert error(np.array(ours), np.array(oracle)) == float("inf")


def test_the_worst_tensor_is_named():
    ours = {"a": np.array(1.0), "b": np.array(2.5)}
    oracle = {"a": np.array(1.1), "b": np.array(2.0)}
    assert worst(ours, oracle) == (0.25, "b")


def test_updates_are_compared_where_their_gradient_is_more_than_noise():
    oracle = {"gradient of readout.w": np.array([1.0, 1e-6, 0.0]), "trained readout.w": np.zeros(3)}
    for moved, expected in ((0, 0.5), (1, 0.0), (2, 0.5)):
        ours = oracle | {"trained readout.w": 0.5 * (np.arange(3) == moved)}
        assert parity.compare(ours, oracle).error == expected


@pytest.mark.parametrize(("size", "expected"), [(1e-9, 0.0), (0.0, 0.0), (1e-6, 0.5)])
def test_a_tensor_whose_whole_gradient_is_noise_beside_that_of_others_is_left_out(size, expected):
    """Of a LayerNorm over one unit, or of the keys of an attention to a single step."""
    gradients = {"gradient of keys.w": np.full(2, size), "gradient of readout.w": np.ones(2)}
    oracle = gradients | {"trained keys.w": np.zeros(2), "trained readout.w": np.zeros(2)}
    moved = oracle | {"trained keys.w": np.full(2, 0.5)}
    assert parity.compare(moved, oracle).error == expected


def test_a_trained_tensor_of_another_shape_is_infinitely_wrong():
    oracle = {"gradient of readout.w": np.ones(3), "trained readout.w": np.zeros(3)}
    assert parity.compare(oracle | {"trained readout.w": np.zeros(2)}, oracle).error == np.inf


def test_a_large_model_with_a_large_learning_rate_passes():
    """Where some gradients are below the rounding of float32, Adam's updates differ freely."""
    problem = Problem(inputs=50, outputs=50, tokens=True, loss="cross-entropy")
    model = Model(Stack(), Spec(problem, LSTM(), hidden=192))
    rule = Optimizer("adam", lr=1e-2, clip=1.0)
    assert parity.check(NumpyBackend("cpu", "float32"), model, "autograd", rule, 0).error < 1e-4


def test_a_proof_holds_no_copy_of_all_that_it_compares():
    """Of a model with 10^8 parameters all at once would not fit beside other workers."""
    model = Model(Stack(), Spec(Problem(128, 10), GRU(), hidden=128))
    parameters = sum(array.size for group in model.initial(0).values() for array in group.values())
    tracemalloc.start()
    try:
        check(NumpyBackend("cpu", "float32"), model, "autograd", Optimizer("adam", 1e-3), 0)
        assert tracemalloc.get_traced_memory()[1] < 100 * parameters
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("ours_has_it", [True, False])
def test_a_missing_tensor_is_infinitely_wrong(ours_has_it):
    full, less = {"a": np.array(1.0), "b": np.array(1.0)}, {"a": np.array(1.0)}
    assert worst(*((full, less) if ours_has_it else (less, full))) == (float("inf"), "b")


@pytest.mark.parametrize("kind", MODELS)
def test_the_small_input_fits_the_model(kind):
    model = small_model(kind, GRU(), hidden=3)
    state, batch = small_input(model, 0)
    loss, _ = (
        FakeBackend().program(model, model.initial(0), "good", Optimizer()).gradient(state, batch)
    )
    assert np.isfinite(loss)
    assert all(array.any() for arrays in state.values() for array in arrays)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_right_backend_passes_with_its_rounding(dtype):
    model = small_model("last", GRU(), hidden=3)
    found = check(FakeBackend("cpu", dtype), model, "good", Optimizer(), seed=0)
    assert found.error <= (0 if dtype == "float64" else 1e-5)
    assert dtype == "float64" or found.error > 0


def blas_threads():
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


@pytest.mark.skipif(not blas_threads(), reason="NumPy's BLAS tells no number of threads")
def test_the_oracle_runs_on_one_thread_and_the_backend_on_its_own(monkeypatch):
    seen = {}

    class Telling(NumpyBackend):
        def numpy(self, array):
            seen[self.dtype] = blas_threads()
            return super().numpy(array)

    monkeypatch.setattr(parity, "NumpyBackend", Telling)
    model = small_model("last", GRU(), hidden=3)
    with threadpool_limits(2, "blas"):
        check(Telling("cpu", "float32"), model, "autograd", Optimizer(), seed=0)
    assert seen == {"float64": {1}, "float32": {2}}


def test_a_wrong_backend_is_a_mismatch_that_names_the_tensor():
    model = small_model("last", GRU(), hidden=3)
    with pytest.raises(Mismatch, match=r"gradient of readout\.b differs from the oracle") as raised:
        check(FakeBackend(), model, "wrong", Optimizer(), seed=0)
    assert raised.value.error > 1e-4


class WithoutItsLastUpdate(NumpyProgram):
    """Leaves the third update out, which follows two that training has amplified."""

    updates = 0

    def train_step(self, state, batch):
        self.updates += 1
        right = tree_map(np.copy, self.native)
        found = super().train_step(state, batch)
        if self.updates == UPDATES:
            self.native = right
        return found


class WithALargerFirstUpdate(NumpyProgram):
    """Makes the first update by a hundredth too large."""

    updates = 0

    def train_step(self, state, batch):
        self.updates += 1
        before = tree_map(np.copy, self.native)
        found = super().train_step(state, batch)
        if self.updates == 1:
            for group, arrays in before.items():
                for name, old in arrays.items():
                    self.native[group][name] += 0.01 * (self.native[group][name] - old)
        return found


class IgnoringTheRate(NumpyProgram):
    """Keeps to the rate of the rule, whatever a batch brings."""

    def train_step(self, state, batch):
        return super().train_step(state, batch._replace(rate=None))


class Made(NumpyBackend):
    """Runs a program of one kind."""

    make = NumpyProgram

    def program(self, model, params, variant, optimizer):
        return self.make(model, self.ops(model, variant), params, optimizer, self.put)


class RoundingItsCorrections(NumpyProgram):
    """Computes Adam's 1 - βᵗ in float32, as optax does."""

    def reset(self, params):
        super().reset(params)
        self.optimizer.real = np.float32


def test_a_unit_that_the_rounding_of_adam_switches_is_no_mismatch():
    """Each update is by 6e-6 of itself too small; a ReLU is then on in the third step, not off."""
    problem = Problem(inputs=70, outputs=11, tokens=True, loss="cross-entropy", lengths=True)
    model = Model(TCN(width=2), Spec(problem, None, hidden=8, layers=2, embedding=6))
    backend = type("Backend", (Made,), {"make": RoundingItsCorrections})("cpu", "float32")
    check(backend, model, "autograd", Optimizer("adam", 1e-2, clip=1.0), 0)


#: A rule that moves every entry by a fifth at once, so that what follows is mostly amplified.
COARSE = Optimizer("rmsprop", 2e-2, clip=1.0)


def checked(make, seed):
    problem = Problem(inputs=2, outputs=1, targets="one")
    model = Model(Transformer(), Spec(problem, LSTM(), hidden=16, layers=2, embedding=0))
    backend = type("Backend", (Made,), {"make": make})("cpu", "float32")
    return check(backend, model, "autograd", COARSE, seed)


@pytest.mark.parametrize(
    "schedule",
    [
        Schedule("step", steps=300, drop_every=100),
        Schedule("cosine", steps=300),
        Schedule(steps=300, warmup=100),
    ],
    ids=lambda schedule: schedule.name,
)
def test_a_rate_that_changes_late_is_part_of_the_check(schedule):
    model = small_model("last", GRU(), hidden=3)
    rule = Optimizer("adam", 1e-2, schedule=schedule)
    for make, wrong in ((NumpyProgram, False), (IgnoringTheRate, True)):
        backend = type("Backend", (Made,), {"make": make})("cpu", "float32")
        with pytest.raises(Mismatch) if wrong else nullcontext():
            check(backend, model, "autograd", rule, seed=0)


@pytest.mark.parametrize("seed", range(4))
def test_rounding_that_training_amplifies_is_no_mismatch(seed):
    assert checked(NumpyProgram, seed).error <= parity.TOLERANCE["float32"]


@pytest.mark.parametrize("make", [WithoutItsLastUpdate, WithALargerFirstUpdate])
@pytest.mark.parametrize("seed", range(2))
def test_a_wrong_update_among_what_training_amplifies_is_one(make, seed):
    with pytest.raises(Mismatch):
        checked(make, seed)


def test_no_more_is_allowed_before_the_second_update_or_where_nothing_is_amplified(monkeypatch):
    made = []
    monkeypatch.setattr(parity, "rounded", lambda *arguments: made.append(arguments))
    check(Made("cpu", "float32"), small_model("last", GRU(), 3), "autograd", Optimizer(), seed=0)
    with pytest.raises(Mismatch, match="gradient of"):
        check(FakeBackend(), small_model("last", GRU(), 3), "wrong", Optimizer(), seed=0)
    assert made == []


class Wide(Means):
    """An output at every step, where one is wanted for all of them."""

    def decode(self, run, spec, memory, batch):
        return run("readout", batch.inputs)


def test_outputs_that_are_not_shaped_as_the_targets_name_the_network():
    model = Model(Wide(), Spec(Echo.problem, None, 3))
    told = r"network 'means': its outputs have the axes \(5, 3, 1\), not \(3, 1\)"
    with pytest.raises(PluginError, match=told):
        check(NumpyBackend("cpu", "float64"), model, "autograd", Optimizer("sgd", 0.1, None), 0)


class MeanOfMeans(Split):
    """Forgets that shares have different numbers of targets."""

    def _weights(self, batches):
        return [1 / len(batches)] * len(batches)


class OneHalf(Split):
    """Learns from the first share alone."""

    def _weights(self, batches):
        return [1.0] + [0.0] * (len(batches) - 1)


def proved(program, problem, monkeypatch):
    """Prove a program of two devices for a stack of one layer."""
    model = Model(Stack(), Spec(problem, LSTM(), 3, 1, 0))
    backend = FakeBackend("cpu", "float64")

    def made(model, params, variant, optimizer, devices):
        return program(model, backend.ops(model, variant), params, optimizer, backend.put)

    monkeypatch.setattr(backend, "parallel_program", made)
    return check(backend, model, "good", Optimizer(), 0, devices=("cpu:0", "cpu:1"))


PADDED = Problem(inputs=2, outputs=1, lengths=True)


@pytest.mark.parametrize("problem", [PADDED, Problem(inputs=2, outputs=1, targets="one")])
def test_a_batch_that_is_split_is_proved_by_the_whole_one(monkeypatch, problem):
    assert proved(Split, problem, monkeypatch).error < 1e-12


@pytest.mark.parametrize("program", [MeanOfMeans, OneHalf])
def test_what_is_not_the_gradient_of_the_whole_batch_is_found(monkeypatch, program):
    with pytest.raises(Mismatch):
        proved(program, PADDED, monkeypatch)


def test_who_has_one_device_only_says_so():
    model = Model(Stack(), Spec(PADDED, LSTM(), 3, 1, 0))
    with pytest.raises(Unsupported, match="fake trains on one device only"):
        check(FakeBackend(), model, "second", Optimizer(), 0, devices=("cpu:0", "cpu:1"))
