"""The promises of a cell, the same in every framework since its step is the only code it has."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import re
from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec
import numpy as np
import pytest

from rnnbench.conformance.finite_differences import GRADIENT_TOLERANCE, central_differences
from rnnbench.conformance.surroundings import Conformance
from rnnbench.contracts.loading import load
from rnnbench.contracts.recurrences.loop import LoopRecurrence
from rnnbench.contracts.recurrences.parallel import ParallelRecurrence
from rnnbench.errors import Unsupported
from rnnbench.models.arrays.array_functions import State
from rnnbench.models.arrays.shapes import Products, ShapeArray, ShapeNamespace
from rnnbench.models.arrays.trees import tree_map
from rnnbench.models.cell import Cell, LinearCell
from rnnbench.models.model import Model
from rnnbench.models.network import Spec
from rnnbench.models.networks.stack import Stack
from rnnbench.models.problem import Problem
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle import parity
from rnnbench.oracle.backend import NumpyBackend
from rnnbench.oracle.differentiable_numpy import NumpyNamespace
from rnnbench.oracle.small_input import EXAMPLES, small_input
from rnnbench.oracle.traces import trace
from rnnbench.plugins.registry import Registry

#: Examples, inputs and hidden units of one step: unlike each other, so that none is mistaken.
B, I, H = 2, 3, 4  # noqa: E741


class CellConformance(Conformance):
    """The promises of a cell.

    Attributes:
        cell: the cell under test, with the options that are to be tested.
        backends: installed backends in which it is compared with the oracle too.
    """

    cell: ClassVar[Cell]
    backends: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def pytest_generate_tests(cls, metafunc: pytest.Metafunc) -> None:
        """Parametrize by the backends asked for."""
        if "backend" in metafunc.fixturenames:
            nothing = pytest.param("", marks=pytest.mark.skip("no backends named"), id="none")
            metafunc.parametrize("backend", cls.backends or [nothing])

    def arrays(self, dtype: str = "float64") -> tuple[dict[str, np.ndarray], np.ndarray, State]:
        """Draw parameters, an input and a state near the first one, none of them zero."""
        rng = np.random.default_rng(3)

        def draw(*shape: int) -> np.ndarray:
            return (0.5 * rng.standard_normal(shape)).astype(dtype)

        params = {name: draw(*shape) for name, shape in self.cell.shapes(I, H).items()}
        state = tuple((z + draw(*z.shape)).astype(dtype) for z in self.cell.zero_state(B, H))
        return params, draw(B, I), state

    def step(self, p: Any, x: Any, state: Any) -> State:
        """Take a step of NumPy arrays, on copies of them."""
        return self.cell.step(NumpyNamespace(), *copy.deepcopy((p, x, state)))

    def model(self, layers: int) -> Model:
        """Return a stack of the cell."""
        return Model(Stack(), Spec(Problem(I, outputs=2), self.cell, H, layers))

    def exercise(self) -> None:
        """Draw parameters and take a step."""
        self.cell.initial(np.random.default_rng(0), I, H)
        self.step(*self.arrays())

    def test_names(self) -> None:
        """The name is plain; gates and parts of the state are named; the docstring says what."""
        assert re.fullmatch(r"[a-z][a-z0-9_-]*", self.cell.name)
        for names in (self.cell.gates, self.cell.state):
            assert isinstance(names, tuple)
            assert names
            assert len(set(names)) == len(names)
            assert all(isinstance(name, str) and name for name in names)
        assert inspect.getdoc(type(self.cell))

    def test_every_option_has_a_default(self) -> None:
        """The cell can be built without options, twice the same."""
        assert type(self.cell)() == type(self.cell)()
        assert hash(self.cell) == hash(copy.deepcopy(self.cell))

    def test_options_travel(self) -> None:
        """The cell can be pickled, and its options written as JSON and read from text."""
        assert pickle.loads(pickle.dumps(self.cell)) == self.cell
        options = msgspec.json.decode(msgspec.json.encode(dataclasses.asdict(self.cell)))
        assert msgspec.convert(options, type(self.cell), strict=False) == self.cell

    @pytest.mark.parametrize("inputs", [1, H, H + 3])
    def test_initial(self, inputs: int) -> None:
        """Initial parameters are float64, finite, shaped as told, the same for the same seed."""
        first, second = (self.cell.initial(np.random.default_rng(5), inputs, H) for _ in range(2))
        assert {name: a.shape for name, a in first.items()} == self.cell.shapes(inputs, H)
        assert all(a.dtype == np.float64 and np.isfinite(a).all() for a in first.values())
        assert all(np.array_equal(first[name], second[name]) for name in first)

    def test_new_state(self) -> None:
        """A step returns a tuple: one array per name in ``state``, shaped as the cell says."""
        new = self.step(*self.arrays())
        assert isinstance(new, tuple)
        assert [part.shape for part in new] == [(B, *s) for s in self.cell.state_shapes(H)]
        assert [part.shape for part in self.cell.zero_state(B, H)] == [part.shape for part in new]
        assert len(new) == len(self.cell.state)

    @pytest.mark.parametrize("dtype", ["float32", "float64"])
    def test_dtype(self, dtype: str) -> None:
        """A step computes at the dtype of its arrays."""
        assert {str(part.dtype) for part in self.step(*self.arrays(dtype))} == {dtype}

    def test_inputs_unchanged(self) -> None:
        """A step changes none of the arrays that it is given, nor the dict of parameters."""
        given = self.arrays()
        before = copy.deepcopy(given)
        self.cell.step(NumpyNamespace(), *given)
        assert same(given, before)

    def test_pure(self) -> None:
        """The same step twice gives the same bits: nothing is remembered, nothing is drawn."""
        given = self.arrays()
        assert same(self.step(*given), self.step(*given))

    def test_examples_apart(self) -> None:
        """What is computed for an example does not depend on the others of its batch."""
        p, x, state = self.arrays()
        alone = [
            self.step(p, x[k : k + 1], tuple(part[k : k + 1] for part in state)) for k in range(B)
        ]
        joined = [np.concatenate(parts) for parts in zip(*alone, strict=True)]
        assert close(self.step(p, x, state), joined)

    def test_namespace(self) -> None:
        """A step does with arrays what a ``Namespace`` lists, and nothing else."""
        given, products = self.arrays(), Products()

        def bare(array: np.ndarray) -> ShapeArray:
            return ShapeArray(array.shape, array.dtype, products)

        new = self.cell.step(ShapeNamespace(), *tree_map(bare, given))
        assert [part.shape for part in new] == [part.shape for part in given[-1]]

    def test_gradient(self) -> None:
        """The oracle's gradient of two steps agrees with central differences."""
        p, x, state = self.arrays()
        names = list(p)
        rng = np.random.default_rng(4)
        weights = [rng.standard_normal(part.shape) for part in state]

        def cost(*arrays: Any) -> Any:
            given = dict(zip(names, arrays, strict=False))
            first = self.cell.step(NumpyNamespace(), given, *unpacked(arrays[len(names) :]))
            new = self.cell.step(NumpyNamespace(), given, arrays[len(names)], first)
            parts = zip(weights, new, strict=True)
            return sum(NumpyNamespace.sum(w * part) for w, part in parts)

        arrays = [*p.values(), x, *state]
        _, gradients = NumpyBackend("cpu", "float64").value_and_grad(cost, arrays)
        for k, gradient in enumerate(gradients):
            slopes = central_differences(cost, arrays, k)
            assert parity.error(gradient, slopes) < GRADIENT_TOLERANCE, [*names, "x", "state"][k]

    def test_hold(self) -> None:
        """Gates that ``hold`` names keep the state still, but for an output beside it."""
        p, x, state = self.arrays()
        if not self.cell.hold:
            pytest.skip("it names no gates that hold the state")
        constant = np.zeros_like(p["w_x"][:, :1])
        for gate, sign in self.cell.hold.items():
            constant[self.cell.gates.index(gate)] = sign * 1e4
        wider = p | {"w_x": np.concatenate([p["w_x"], constant], axis=1)}
        new = self.step(wider, np.concatenate([x, np.ones_like(x[:, :1])], axis=1), state)
        held = slice(1, None) if len(state) > 1 else slice(None)
        assert close(new[held], state[held])

    def test_linear(self) -> None:
        """What ``linear`` says of all steps is what ``step`` does one by one, gradients too."""
        if not isinstance(self.cell, LinearCell):
            pytest.skip("it is not linear in its state")
        p, _, state = self.arrays()
        rng = np.random.default_rng(5)
        xs, weights = rng.standard_normal((7, B, I)), rng.standard_normal((7, B, H))
        arrays, oracle = [*p.values(), xs, *state], NumpyBackend("cpu", "float64")

        def differentiated(kind: type[Any]) -> tuple[np.ndarray, ...]:
            recurrence = kind(self.cell, oracle.xp, oracle.put)
            outputs: list[np.ndarray] = []

            def cost(*arrays: Any) -> Any:
                given = dict(zip(p, arrays, strict=False))
                ys, final = recurrence.apply(given, *unpacked(arrays[len(p) :]))
                outputs.extend(map(oracle.xp.stop_gradient, (ys, *final)))
                return oracle.xp.sum(weights * ys) + sum(map(oracle.xp.sum, final))

            _, gradients = oracle.value_and_grad(cost, arrays)
            return *outputs, *gradients

        assert close(differentiated(ParallelRecurrence), differentiated(LoopRecurrence))

    @pytest.mark.parametrize("layers", [1, 2])
    def test_trains(self, layers: int) -> None:
        """A model of it, begun with a state of zeros, has finite outputs, gradients and losses."""
        oracle = NumpyBackend("cpu", "float64")
        model = self.model(layers)
        program = oracle.program(model, model.initial(3), "autograd", Optimizer())
        _, batch = small_input(model, 3)
        seen = trace(oracle, program, model.zero_state(EXAMPLES), batch)
        assert [name for name, array in seen.items() if not np.isfinite(array).all()] == []

    def test_backend(self, backend: str) -> None:
        """Every variant of the backend that takes the cell, added kernels too, agrees with it."""
        registry = Registry.of()
        loaded = load(registry.backend(backend).target)("cpu", "float32")
        loaded.added_kernels = registry.kernels_of(backend)
        model = self.model(layers=2)
        taken, reasons = [], []
        for variant in registry.variants(backend):
            try:
                taken.append(parity.check(loaded, model, variant, Optimizer(), seed=3))
            except Unsupported as reason:
                reasons.append(f"{variant}: {reason}")
        if not taken:
            pytest.skip("; ".join(reasons))


def unpacked(arrays: tuple[Any, ...]) -> tuple[Any, State]:
    """Return the input and the state."""
    return arrays[0], arrays[1:]


def close(one: Sequence[np.ndarray], other: Sequence[np.ndarray]) -> bool:
    """Return whether two states agree but for rounding."""
    return all(parity.error(a, b) < 1e-12 for a, b in zip(one, other, strict=True))


def same(one: Any, other: Any) -> bool:
    """Return whether two trees of arrays are equal, to the bit."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return np.array_equal(one, other)
