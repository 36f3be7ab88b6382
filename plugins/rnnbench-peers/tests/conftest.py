"""The same questions to each library; one framework per process, so one file per framework."""

from __future__ import annotations

import os
from typing import Any, ClassVar

# The same programs at LLVM's lowest level: XLA spends much of a test's time there otherwise.
os.environ["XLA_FLAGS"] = (
    "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
)

import numpy as np
import pytest

from rnnbench import (
    GRU,
    LSTM,
    Backend,
    Elman,
    LoopRecurrence,
    Model,
    NumpyBackend,
    Optimizer,
    Problem,
    Recurrence,
    ResetBeforeGRU,
    Spec,
    Stack,
    Unsupported,
)
from rnnbench.conformance import parity
from rnnbench_peers import rnnbench_kernels

CELLS = {
    "elman": Elman(),
    "elman-relu": Elman("relu"),
    "lstm": LSTM(),
    "gru": GRU(),
    "gru_reset_before": ResetBeforeGRU(),
}
STEPS, EXAMPLES, INPUTS, HIDDEN = 40, 3, 5, 4


class StrangeLSTM(LSTM):
    """A subclass may compute something else."""


def with_peers(backend: Backend) -> Backend:
    """Return a backend that has the kernels of this package."""
    kernels = (info for info in rnnbench_kernels() if info.backend == backend.info.name)
    backend.added_kernels = tuple(kernels)
    return backend


def model_of(cell: Any, lengths: bool = False, **network: Any) -> Model:
    """Return a model of one layer."""
    return Model(Stack(**network), Spec(Problem(INPUTS, 2, lengths=lengths), cell, HIDDEN))


def recurrence(backend: Backend, variant: str, cell: Any) -> Recurrence:
    """Return the kernel of one layer.

    Raises:
        Unsupported: as the library says.
    """
    kernel = with_peers(backend).ops(model_of(cell), variant).kernels["layers.0"]
    assert isinstance(kernel, Recurrence)
    return kernel


def drawn(cell: Any) -> dict[str, np.ndarray]:
    """Return canonical parameters, none of them zero."""
    rng = np.random.default_rng(0)
    shapes = cell.shapes(INPUTS, HIDDEN)
    return {name: 0.3 * rng.standard_normal(shape) for name, shape in shapes.items()}


def seen(backend: Backend, run: Recurrence, cell: Any) -> dict[str, np.ndarray]:
    """Return a scalar of outputs and final state, and its gradients by all that goes in."""
    rng, xp = np.random.default_rng(1), backend.xp
    native: Any = run.pack(drawn(cell))
    named = {name: np.array(backend.numpy(array)) for name, array in leaves(native).items()}
    given = [rng.standard_normal((STEPS, EXAMPLES, INPUTS))]
    given += [rng.standard_normal((EXAMPLES, HIDDEN)) for _ in cell.state]
    ramps = [rng.standard_normal((STEPS, EXAMPLES, HIDDEN)), *given[1:]]
    weights = [backend.put(ramp) for ramp in ramps]

    def cost(*arrays: Any) -> Any:
        params = filled(native, dict(zip(named, arrays, strict=False)))
        xs, *state = arrays[len(named) :]
        ys, final = run.apply(params, xs, tuple(state))
        return sum(xp.sum(w * part) for w, part in zip(weights, (ys, *final), strict=True))

    value, gradients = backend.value_and_grad(cost, [*named.values(), *given])
    by_name = run.unpack(dict(zip(named, gradients, strict=False)))
    rest = {f"given {k}": array for k, array in enumerate(gradients[len(named) :])}
    return {"value": value} | by_name | rest


def leaves(native: Any) -> dict[str, Any]:
    """Return the arrays of a layer by name."""
    return dict(native)


def filled(native: Any, arrays: dict[str, Any]) -> Any:
    """Return what the kernel is applied to, with these arrays in it."""
    return arrays


class OfALibrary:
    """What is asked of each library; a subclass names the backend, the variant and its cells."""

    backend: ClassVar[type[Backend]]
    variant: ClassVar[str]
    cells: ClassVar[tuple[str, ...]]
    dtype: ClassVar[str] = "float64"
    rounding: ClassVar[float] = 1e-12

    @pytest.fixture(autouse=True)
    def _is_installed(self) -> None:
        try:
            recurrence(self.backend(), self.variant, LSTM())
        except Unsupported as reason:
            pytest.skip(str(reason))

    @pytest.mark.parametrize("cell", CELLS)
    def test_agrees_with_the_loop(self, cell: str) -> None:
        """It does to rounding over a long sequence, from a state, or is refused."""
        backend, oracle = self.backend("cpu", self.dtype), NumpyBackend("cpu", "float64")
        if cell not in self.cells:
            with pytest.raises(Unsupported):
                recurrence(backend, self.variant, CELLS[cell])
            return
        loop = LoopRecurrence(CELLS[cell], oracle.xp, oracle.put)
        expected = seen(oracle, loop, CELLS[cell])
        found = seen(backend, recurrence(backend, self.variant, CELLS[cell]), CELLS[cell])
        assert parity.worst(found, expected).error < self.rounding

    @pytest.mark.parametrize("cell", CELLS)
    def test_parameters_come_back(self, cell: str) -> None:
        """They are what was packed, to the bit."""
        if cell not in self.cells:
            pytest.skip(f"no {cell} here")
        backend = self.backend("cpu", self.dtype)
        run, params = recurrence(backend, self.variant, CELLS[cell]), drawn(CELLS[cell])
        native = leaves(run.pack(params))
        back = run.unpack({name: np.array(backend.numpy(a)) for name, a in native.items()})
        assert back.keys() == params.keys()
        assert all(np.array_equal(back[n], params[n].astype(self.dtype)) for n in params)

    def test_trains_as_the_oracle_does(self) -> None:
        """It does, with lengths in both directions."""
        backend = with_peers(self.backend("cpu", self.dtype))
        model = model_of(LSTM(), lengths=True, bidirectional="concat")
        found = parity.check(backend, model, self.variant, Optimizer("adamw"), seed=1)
        assert found.error < parity.TOLERANCE[self.dtype]

    def test_another_cell_of_the_name_is_refused(self) -> None:
        with pytest.raises(Unsupported, match="StrangeLSTM"):
            recurrence(self.backend(), self.variant, StrangeLSTM())
