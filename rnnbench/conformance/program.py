"""The promises of a backend's programs: the same function, honestly timed."""

from __future__ import annotations

import math
import time
from itertools import product
from typing import Any, ClassVar, Literal

import numpy as np
import pytest

from rnnbench.conformance.padding import with_garbage, with_more_padding
from rnnbench.conformance.programs.pairs import pairwise
from rnnbench.conformance.specimens import (
    CELLS,
    LINEAR,
    MODELS,
    NETWORKS,
    OPTIMIZERS,
    PORTABLE,
    SYSTEMS,
    Stranger,
    small_model,
)
from rnnbench.contracts.backend import Backend
from rnnbench.contracts.generation import generate
from rnnbench.contracts.info import BackendInfo
from rnnbench.contracts.loading import load
from rnnbench.contracts.program import Program
from rnnbench.errors import Unsupported
from rnnbench.models.arrays.namespace import FUNCTIONS
from rnnbench.models.arrays.trees import Batch, States, tree_map
from rnnbench.models.cell import Cell
from rnnbench.models.cells.gru import GRU
from rnnbench.models.cells.lru import LRU
from rnnbench.models.cells.lstm import LSTM
from rnnbench.models.cells.mingru import MinGRU
from rnnbench.models.model import Model
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle import parity
from rnnbench.oracle.backend import NumpyBackend

Dtype = Literal["float32", "float64"]
Trace = dict[str, np.ndarray]

#: The name of the variants that compute all steps at once.
PARALLEL = "parallel"

#: What may differ from the oracle: outputs and gradients, and parameters after three steps.
OUTPUT_TOLERANCE = {"float32": parity.TOLERANCE["float32"], "float64": 1e-9}
TRAINED_TOLERANCE = {"float32": parity.TOLERANCE["float32"], "float64": 1e-8}
#: What two ways of computing the same in one backend may differ by.
ROUNDING = {"float32": 1e-5, "float64": 1e-12}
#: The share of a round that reading may take after ``wait``; it is mere copying.
MOST_LEFT = 0.25


class ProgramConformance:
    """What every program of a backend promises; a part of ``BackendConformance``.

    Attributes:
        info: the backend.
        device: where it is tested.
        thinned: of the combinations of a test's choices, so many that every two stand together:
            for backends that compile each of them.
    """

    info: ClassVar[BackendInfo]
    device: ClassVar[str] = "cpu"
    thinned: ClassVar[bool] = False

    @classmethod
    def choices(cls) -> dict[str, list[str]]:
        """Return what each test is repeated for, by the name of its argument.

        The variant ``parallel`` has tests of its own, as it takes other cells than the others.
        """
        variants = list(cls.info.variants)
        return {
            "variant": [name for name in variants if name != PARALLEL],
            "linear": LINEAR if PARALLEL in variants else [],
            "cell": list(CELLS),
            "kind": list(MODELS),
            "optimizer": list(OPTIMIZERS),
            "portable": list(PORTABLE),
            "system": list(SYSTEMS),
            "network": list(NETWORKS),
            "function": list(FUNCTIONS),
            "dtype": ["float32", "float64"],
        }

    @classmethod
    def pytest_generate_tests(cls, metafunc: pytest.Metafunc) -> None:
        """Parametrize by what the tests ask for."""
        asked = {n: values for n, values in cls.choices().items() if n in metafunc.fixturenames}
        if asked:
            combine = pairwise if cls.thinned else lambda axes: list(product(*axes))
            metafunc.parametrize(list(asked), combine(list(asked.values())))

    def widest(self) -> Dtype:
        """Return the most precise dtype of the backend, in which it is compared most closely."""
        return "float64" if "float64" in load(self.info.target).dtypes() else "float32"

    def backend(self, dtype: str) -> Backend:
        """Return the backend under test, or skip where the device or the dtype is not here."""
        loaded: type[Backend] = load(self.info.target)
        if self.device not in loaded.devices():
            pytest.skip(f"no {self.device} here")
        if dtype not in loaded.dtypes():
            pytest.skip(f"no {dtype} here")
        return loaded(self.device, dtype)

    def build(
        self, backend: Backend, model: Model, variant: str, rule: Optimizer, seed: int
    ) -> Program:
        """Return ``model`` with the initial parameters of ``seed``, or skip if unsupported."""
        try:
            return backend.program(model, model.initial(seed), variant, rule)
        except Unsupported as reason:
            pytest.skip(str(reason))

    def parity(
        self, variant: str, cell: Cell, kind: str, optimizer: str, dtype: str
    ) -> tuple[Trace, Trace]:
        """Return what the backend and the oracle compute for one model."""
        backend, oracle = self.backend(dtype), NumpyBackend("cpu", "float64")
        model = small_model(kind, cell)
        params, (state, batch) = model.initial(3), parity.small_input(model, 3)
        rule = OPTIMIZERS[optimizer]
        program = self.build(backend, model, variant, rule, seed=3)
        truth = oracle.program(model, params, "autograd", rule)
        return (
            parity.trace(backend, program, state, batch),
            parity.trace(oracle, truth, state, batch),
        )

    def test_same_function(self, variant: str, cell: str, kind: str) -> None:
        """Outputs, final state, loss and every gradient agree with the oracle."""
        dtype = self.widest()
        ours, theirs = self.parity(variant, CELLS[cell], kind, "sgd", dtype)
        found = parity.worst(before_training(ours), before_training(theirs))
        assert found.error <= OUTPUT_TOLERANCE[dtype], found

    def test_same_training(self, variant: str, cell: str, optimizer: str) -> None:
        """Parameters after three optimizer steps agree with the oracle."""
        dtype = self.widest()
        ours, theirs = self.parity(variant, CELLS[cell], "one-hot", optimizer, dtype)
        if dtype == "float64":
            found = parity.worst(after_training(ours), after_training(theirs))
        else:
            found = parity.compare(ours, theirs)
        assert found.error <= TRAINED_TOLERANCE[dtype], found

    def test_single_precision(self, variant: str, cell: str) -> None:
        """The same holds in float32, to its precision."""
        ours, theirs = self.parity(variant, CELLS[cell], "embedding", "adam", "float32")
        found = parity.compare(ours, theirs)
        assert found.error <= parity.TOLERANCE["float32"], found

    def test_unknown_cell(self, variant: str) -> None:
        """A cell that the backend has never heard of is computed as it says, or refused."""
        dtype = self.widest()
        ours, theirs = self.parity(variant, Stranger(), "one-hot", "sgd", dtype)
        error = parity.error(ours["outputs"], theirs["outputs"])
        assert error <= OUTPUT_TOLERANCE[dtype]

    def test_portable_cell(self, portable: str) -> None:
        """Loss and gradients of every cell agree with the oracle, in a variant that takes it."""
        self.in_one_variant(small_model("last", PORTABLE[portable]), list(PORTABLE).index(portable))

    def test_system(self, system: str) -> None:
        """Loss and gradients of every network agree with the oracle, in a variant that takes it."""
        self.in_one_variant(small_model(system, LSTM()), list(SYSTEMS).index(system))

    def in_one_variant(self, model: Model, first: int) -> None:
        """Assert that loss and gradients agree with the oracle in a variant that takes a model.

        In one of them, and each model begins with another one: what compiles is slow, and how a
        variant runs whatever model is seen elsewhere.
        """
        dtype = self.widest()
        backend, truth = self.backend(dtype), gradient_of_oracle(model)
        for variant in turned(list(self.info.variants), first):
            try:
                program = backend.program(model, model.initial(3), variant, Optimizer())
            except Unsupported:
                continue
            state, batch = parity.small_input(model, 3)
            found = parity.worst(gradient_of(backend, program, state, batch), truth)
            assert found.error <= OUTPUT_TOLERANCE[dtype], (variant, found)
            return
        pytest.skip("no variant takes it")

    def test_network(self, variant: str, network: str) -> None:
        """Loss and gradients of every network without layers agree with the oracle."""
        dtype, model = self.widest(), small_model(network, LSTM())
        backend, (state, batch) = self.backend(dtype), parity.small_input(model, 3)
        program = self.build(backend, model, variant, Optimizer(), seed=3)
        ours = gradient_of(backend, program, state, batch)
        found = parity.worst(ours, gradient_of_oracle(model))
        assert found.error <= OUTPUT_TOLERANCE[dtype], found

    def test_attention(self, variant: str) -> None:
        """Loss and gradients of a decoder that attends at each step agree with the oracle."""
        dtype, model = self.widest(), small_model("fed", LSTM())
        backend, (state, batch) = self.backend(dtype), parity.small_input(model, 3)
        program = self.build(backend, model, variant, Optimizer(), seed=3)
        ours = gradient_of(backend, program, state, batch)
        found = parity.worst(ours, gradient_of_oracle(model))
        assert found.error <= OUTPUT_TOLERANCE[dtype], found

    def test_parallel(self, linear: str) -> None:
        """In ``parallel`` a cell that is linear in its state has the oracle's loss and gradients.

        Of sequences of several lengths, in both directions.
        """
        model = small_model("lengths", PORTABLE[linear])
        self.check_parallel(model, *parity.small_input(model, 3))

    def test_parallel_over_many_steps(self) -> None:
        """So it has over 1,000 steps."""
        model = small_model("one-hot", MinGRU())
        tokens, targets = np.random.default_rng(3).integers(0, 5, (2, 1000, 2))
        state = tree_map(lambda part: part[:2], parity.small_input(model, 3)[0])
        self.check_parallel(model, state, Batch(tokens, targets))

    def check_parallel(self, model: Model, state: States, batch: Batch) -> None:
        """Hold loss and gradients against the oracle's, or skip without the variant."""
        dtype = self.widest()
        backend, oracle = self.with_parallel(dtype), NumpyBackend("cpu", "float64")
        program = self.build(backend, model, PARALLEL, Optimizer(), seed=3)
        truth = oracle.program(model, model.initial(3), "autograd", Optimizer())
        expected = gradient_of(oracle, truth, state, batch)
        found = parity.worst(gradient_of(backend, program, state, batch), expected)
        assert found.error <= OUTPUT_TOLERANCE[dtype], found

    def test_parallel_training(self) -> None:
        """A model of such a cell has the oracle's outputs and final state, and trains alike."""
        dtype = self.widest()
        self.with_parallel(dtype)
        ours, theirs = self.parity(PARALLEL, LRU(), "one-hot", "sgd", dtype)
        found = parity.worst(ours, theirs)
        assert found.error <= TRAINED_TOLERANCE[dtype], found

    def with_parallel(self, dtype: str) -> Backend:
        """Return the backend under test, or skip where it has no variant ``parallel``."""
        if PARALLEL not in self.info.variants:
            pytest.skip(f"it has no variant {PARALLEL}")
        return self.backend(dtype)

    def test_dtype(self, variant: str, dtype: str) -> None:
        """All that is computed has the dtype asked for, though another one is used meanwhile."""
        backend, model = self.backend(dtype), small_model("one-hot", LSTM())
        program = self.build(backend, model, variant, OPTIMIZERS["adam"], seed=3)
        state, batch = (backend.put(part) for part in parity.small_input(model, 3))
        for other in {*load(self.info.target).dtypes()} - {dtype}:
            self.parity(variant, LSTM(), "one-hot", "adam", other)
        outputs, final = program.forward(state, batch)
        loss, carried = program.train_step(state, batch)
        computed = [outputs, loss, *arrays_of(final), *arrays_of(carried)]
        seen = [*map(backend.numpy, computed), *parity.named("", program.params()).values()]
        assert {str(array.dtype) for array in seen} == {dtype}

    def test_state_is_carried(self, variant: str) -> None:
        """Two halves with the state carried over equal one long sequence."""
        dtype = self.widest()
        backend, model = self.backend(dtype), small_model("one-hot", LSTM())
        program = self.build(backend, model, variant, Optimizer(), seed=5)
        tokens, targets = np.random.default_rng(5).integers(0, 5, (2, 6, 3))
        zeros = model.zero_state(3)
        start = backend.put(zeros)
        whole, _ = program.forward(start, backend.put(Batch(tokens, targets)))
        first, middle = program.forward(start, backend.put(Batch(tokens[:3], targets[:3])))
        second, final = program.forward(middle, backend.put(Batch(tokens[3:], targets[3:])))
        assert middle.keys() == final.keys() == zeros.keys()
        halves = np.concatenate([backend.numpy(first), backend.numpy(second)])
        assert parity.error(halves, backend.numpy(whole)) < ROUNDING[dtype]

    def test_one_step_at_a_time(self, variant: str) -> None:
        """Steps that are asked for one by one equal the whole, where a backend can generate."""
        dtype = self.widest()
        backend, model = self.backend(dtype), small_model("embedding", LSTM())
        program = self.build(backend, model, variant, Optimizer(), seed=5)
        tokens = np.random.default_rng(5).integers(0, 6, (4, 3))
        batch = backend.put(Batch(tokens, np.zeros((4, 3), np.int64)))
        whole, _ = program.forward(backend.put(model.zero_state(3)), batch)
        try:
            memory, state = program.begin(batch)
        except Unsupported as reason:
            pytest.skip(str(reason))
        steps = []
        for row in tokens:
            one = backend.put(Batch(row[None], np.zeros((1, 3), np.int64)))
            outputs, state = program.advance(memory, state, one)
            steps.append(backend.numpy(outputs))
        assert parity.error(np.concatenate(steps), backend.numpy(whole)) < ROUNDING[dtype]

    def test_generation(self, variant: str) -> None:
        """What is written a step at a time is what the oracle writes, where a backend can."""
        dtype, model = self.widest(), small_model("fed", LSTM())
        backend, oracle = self.backend(dtype), NumpyBackend("cpu", "float64")
        _, batch = parity.small_input(model, 3)
        program = self.build(backend, model, variant, Optimizer(), seed=3)
        reference = oracle.program(model, model.initial(3), "autograd", Optimizer())
        try:
            written = generate(backend, program, model.spec.problem, batch)
        except Unsupported as reason:
            pytest.skip(str(reason))
        truth = generate(oracle, reference, model.spec.problem, batch)
        assert parity.error(written, truth) <= OUTPUT_TOLERANCE[dtype]

    def test_parameters_come_back(self, variant: str, cell: str) -> None:
        """What is packed is unpacked unchanged."""
        dtype = self.widest()
        model = small_model("embedding", CELLS[cell])
        given = tree_map(lambda array: array.astype(dtype), model.initial(2))
        program = self.build(self.backend(dtype), model, variant, Optimizer(), seed=2)
        found = parity.worst(parity.named("", program.params()), parity.named("", given))
        assert found.error == 0, found

    def test_kernel(self, variant: str, cell: str) -> None:
        """A program tells in one line what really runs."""
        model = small_model("last", CELLS[cell])
        backend = self.backend(self.widest())
        program = self.build(backend, model, variant, Optimizer(), seed=2)
        kernels = backend.ops(model, variant).kernels
        assert kernels.keys() <= model.parts.keys()
        for text in (program.kernel, *(kernel.kernel for kernel in kernels.values())):
            assert text.strip()
            assert "\n" not in text

    def test_mask(self, variant: str) -> None:
        """Of sequences of several lengths each is computed as it is alone."""
        dtype = self.widest()
        backend, model = self.backend(dtype), small_model("lengths", LSTM())
        program = self.build(backend, model, variant, Optimizer(), seed=3)
        state, batch = without_noise(parity.small_input(model, 3))

        def run(batch: Batch, state: States) -> tuple[np.ndarray, list[np.ndarray]]:
            outputs, final = program.forward(backend.put(state), backend.put(batch))
            return backend.numpy(outputs), [backend.numpy(part) for part in arrays_of(final)]

        outputs, final = run(batch, state)
        lengths, one = np.asarray(batch.lengths), slice(0, 1)  # the first is neither long nor short
        steps = lengths[0]
        cut = Batch(batch.inputs[:steps, one], batch.targets[:steps, one], lengths[one])
        alone, last = run(cut, tree_map(lambda part: part[one], state))
        assert parity.error(outputs[:steps, one], alone) < ROUNDING[dtype]
        for part, end in zip(final, last, strict=True):
            assert parity.error(part[one], end) < ROUNDING[dtype]

    def test_padding(self, variant: str) -> None:
        """What stands at padding, and how much of it, changes neither loss nor gradients."""
        dtype = self.widest()
        backend, model = self.backend(dtype), small_model("lengths", LSTM())
        program = self.build(backend, model, variant, Optimizer(), seed=3)
        state, batch = without_noise(parity.small_input(model, 3))
        before = gradient_of(backend, program, state, batch)
        for changed in (with_garbage(batch), with_more_padding(batch)):
            after = gradient_of(backend, program, state, changed)
            found = parity.worst(after, before)
            assert found.error < ROUNDING[dtype], found

    def test_deterministic(self, variant: str) -> None:
        """Two programs built alike train to the same bits."""
        first, _ = self.parity(variant, LSTM(), "one-hot", "adam", "float32")
        second, _ = self.parity(variant, LSTM(), "one-hot", "adam", "float32")
        assert all(np.array_equal(first[name], second[name]) for name in first)

    def test_reset(self, variant: str) -> None:
        """A program that was reset trains like one just built, without compiling again."""
        backend, model = self.backend("float32"), small_model("one-hot", LSTM())
        rule, params = OPTIMIZERS["adam"], model.initial(3)
        state, batch = (backend.put(part) for part in parity.small_input(model, 3))
        program = self.build(backend, model, variant, rule, seed=3)
        runs, traces = [], []
        for _ in range(2):
            for _ in range(2):
                program.train_step(state, batch)
            runs.append(parity.named("", program.params()))
            traces.append(program.traces())
            program.reset(params)
        fresh = parity.named("", program.params())
        assert all(np.array_equal(runs[0][name], runs[1][name]) for name in runs[0])
        assert any(not np.array_equal(runs[0][name], fresh[name]) for name in fresh)
        assert traces[0] == traces[1]

    def test_other_sequence_lengths(self, variant: str) -> None:
        """A program takes batches of another length and size after the first."""
        backend = self.backend(self.widest())
        model = small_model("last", GRU())
        program = self.build(backend, model, variant, Optimizer(), seed=5)
        rng = np.random.default_rng(0)
        for steps, examples in ((3, 2), (7, 4), (3, 2)):
            batch = Batch(rng.standard_normal((steps, examples, 2)), np.zeros((examples, 1)))
            state = backend.put(model.zero_state(examples))
            loss, new_state = program.train_step(state, backend.put(batch))
            program.wait()
            assert np.isfinite(backend.numpy(loss))
            assert [backend.numpy(array).shape for array in arrays_of(new_state)] == [(examples, 4)]

    def test_wait(self, variant: str) -> None:
        """After ``wait`` all is computed: the loss and the parameters are read without delay.

        No result tells, so time must: a program that goes on computing behind ``wait`` leaves most
        of a round to the reading. A round takes as many steps as fill 30 ms, and
        the median of five rounds is judged, so that a pause of the machine decides nothing.
        """
        backend, model = self.backend("float32"), small_model("last", LSTM(), hidden=16)
        program = self.build(backend, model, variant, OPTIMIZERS["adam"], seed=3)
        inputs = np.random.default_rng(0).standard_normal((20, 8, 2))
        state = backend.put(model.zero_state(8))
        batch = backend.put(Batch(inputs, np.zeros((8, 1))))
        seconds = [sum(timed_round(backend, program, state, batch, 1)) for _ in range(3)]
        steps = math.ceil(0.03 / min(seconds))
        rounds = [timed_round(backend, program, state, batch, steps) for _ in range(5)]
        assert np.median([left / (waited + left) for waited, left in rounds]) < MOST_LEFT


def turned(values: list[str], by: int) -> list[str]:
    """Return values, beginning with another one."""
    by %= len(values)
    return values[by:] + values[:by]


def without_noise(given: tuple[States, Batch]) -> tuple[States, Batch]:
    """Return a state and a batch without dropout."""
    state, batch = given
    return state, batch._replace(noise=None)


def gradient_of(backend: Backend, program: Program, state: States, batch: Batch) -> Trace:
    """Return the loss and the gradients by name."""
    loss, gradients = program.gradient(backend.put(state), backend.put(batch))
    return {"loss": np.asarray(loss)} | parity.named("gradient of", gradients)


def gradient_of_oracle(model: Model) -> Trace:
    """Return the loss and the gradients of a model on a small input, by name."""
    oracle = NumpyBackend("cpu", "float64")
    reference = oracle.program(model, model.initial(3), "autograd", Optimizer())
    return gradient_of(oracle, reference, *parity.small_input(model, 3))


def arrays_of(states: States) -> list[Any]:
    """Return the arrays of all parts."""
    return [array for state in states.values() for array in state]


def timed_round(
    backend: Backend, program: Program, state: States, batch: Any, steps: int
) -> tuple[float, float]:
    """Return the seconds until ``wait`` returns, and those of work that is left until it is read.

    Reading takes time too, on a GPU for each array: as long as reading copies of the parameters.
    """
    start = time.perf_counter()
    for _ in range(steps):
        loss, _ = program.train_step(state, batch)
    program.wait()
    waited = time.perf_counter()
    backend.numpy(loss)
    params = program.params()
    read = time.perf_counter()
    copies = backend.put(params)
    start_of_copies = time.perf_counter()
    tree_map(backend.numpy, copies)
    copying = time.perf_counter() - start_of_copies
    return waited - start, max(0.0, read - waited - copying)


def before_training(trace: Trace) -> Trace:
    """Return the outputs, states, loss and gradients of a trace."""
    return {name: array for name, array in trace.items() if name not in after_training(trace)}


def after_training(trace: Trace) -> Trace:
    """Return what the optimizer's steps left behind."""
    return {n: array for n, array in trace.items() if n.startswith(("trained", "last loss"))}
