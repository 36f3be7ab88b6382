"""The same questions to the kernel in every framework; each framework's file asks them."""

from __future__ import annotations

from importlib import import_module
from typing import Any, ClassVar

import numpy as np
import pytest

from rnnbench import (
    GRU,
    LSTM,
    Backend,
    Elman,
    Layer,
    LoopRecurrence,
    Model,
    NumpyBackend,
    Optimizer,
    Problem,
    Spec,
    Stack,
)
from rnnbench.conformance import parity
from rnnbench_native import rnnbench_kernels

CELLS = {"elman": Elman(), "elman-relu": Elman("relu"), "lstm": LSTM(), "gru": GRU()}
INPUTS = 3


def with_native(backend: Backend) -> Backend:
    """Return a backend that has the kernels of this package."""
    backend.added_kernels = tuple(
        info for info in rnnbench_kernels() if info.backend == backend.info.name
    )
    return backend


def recurrence(backend: Backend, cell: Any, hidden: int, inputs: int = INPUTS) -> Any:
    """Return the kernel of one layer."""
    (info,) = with_native(backend).added_kernels
    module, _, name = info.target.partition(":")
    return getattr(import_module(module), name)(backend, Layer(cell, inputs, hidden))


def error(backend: Backend, cell: Any, hidden: int, lengths: bool = False, **network: Any) -> float:
    """Return how far a model of two layers, or of two directions, is from the oracle."""
    layers = 1 if network else 2
    spec = Spec(Problem(INPUTS, 2, lengths=lengths), cell, hidden, layers)
    model = Model(Stack(**network), spec)
    found = parity.check(with_native(backend), model, "native", Optimizer(), seed=1)
    return found.error / parity.TOLERANCE[backend.dtype]


def arguments(cell: Any, steps: int, batch: int, hidden: int) -> list[np.ndarray]:
    """Draw parameters, inputs and a state, none of them zero, of which nothing explodes."""
    rng = np.random.default_rng(0)
    shapes = [*cell.shapes(INPUTS, hidden).values(), (steps, batch, INPUTS)]
    shapes += [(batch, hidden)] * len(cell.state)
    return [0.5 / hidden**0.5 * rng.standard_normal(shape) for shape in shapes]


def mask_of(steps: int, batch: int) -> np.ndarray:
    """Return booleans of sequences that are all of another length, where there are enough steps."""
    lengths = steps - np.arange(batch) % steps
    return np.arange(steps)[:, None] < lengths


def seen(backend: Backend, run: Any, cell: Any, sizes: tuple[int, int, int], masked: bool) -> Any:
    """Return a scalar of outputs and final state, and its gradients by all that goes in."""
    steps, batch, hidden = sizes
    arrays, names = arguments(cell, *sizes), list(cell.shapes(INPUTS, hidden))
    mask = backend.put(mask_of(steps, batch)) if masked else None
    rng, xp = np.random.default_rng(1), backend.xp
    shapes = [(steps, batch, hidden), *[(batch, hidden)] * len(cell.state)]
    ramps = [backend.put(rng.standard_normal(shape)) for shape in shapes]

    def cost(*given: Any) -> Any:
        count = len(names)
        params = dict(zip(names, given, strict=False))
        ys, final = run.apply(params, given[count], given[count + 1 :], mask)
        return sum(xp.sum(r * part) for r, part in zip(ramps, (ys, *final), strict=True))

    value, gradients = backend.value_and_grad(cost, arrays)
    return [value, *gradients]


def apart(backend: Backend, cell: Any, sizes: tuple[int, int, int], masked: bool = False) -> float:
    """Return how far the kernel of one layer is from the portable loop in float64.

    The gradients are those by the parameters, the inputs and the state.
    """
    oracle = NumpyBackend("cpu", "float64")
    expected = seen(oracle, LoopRecurrence(cell, oracle.xp, oracle.put), cell, sizes, masked)
    found = seen(backend, recurrence(backend, cell, sizes[2]), cell, sizes, masked)
    return max(parity.error(a, b) for a, b in zip(found, expected, strict=True))


class InAFramework:
    """What is asked of the kernel in every framework; a subclass names the backend."""

    backend: ClassVar[type[Backend]]

    @pytest.mark.parametrize("masked", [False, True])
    @pytest.mark.parametrize("cell", CELLS)
    def test_agrees_with_the_loop(self, cell: str, masked: bool) -> None:
        """It does to rounding in float64."""
        assert apart(self.backend("cpu", "float64"), CELLS[cell], (5, 3, 7), masked) < 1e-13

    @pytest.mark.parametrize("cell", ["lstm", "gru"])
    def test_trains_as_the_oracle_does(self, cell: str) -> None:
        """It does within the tolerance of float32, with lengths in both directions, too."""
        more = {"lengths": True, "bidirectional": "concat"} if cell == "lstm" else {}
        assert error(self.backend(), CELLS[cell], 9, **more) < 1
