"""A backend under test, and what its programs compute beside the oracle's."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import ClassVar, Literal

import pytest

from rnnbench.conformance.programs.pairs import pairwise
from rnnbench.conformance.programs.traces import (
    Trace,
)
from rnnbench.conformance.specimens import (
    CELLS,
    LINEAR,
    MODELS,
    NETWORKS,
    OPTIMIZERS,
    PORTABLE,
    SPLIT,
    SYSTEMS,
    TRAINING,
    small_model,
)
from rnnbench.contracts.backend import Backend
from rnnbench.contracts.info import BackendInfo
from rnnbench.contracts.loading import load
from rnnbench.contracts.program import Program
from rnnbench.errors import Unsupported
from rnnbench.models.arrays.array_functions import FUNCTIONS
from rnnbench.models.cell import Cell
from rnnbench.models.model import Model
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle.backend import NumpyBackend
from rnnbench.oracle.small_input import small_input
from rnnbench.oracle.traces import trace

Dtype = Literal["float32", "float64"]

#: The name of the variants that compute all steps at once.
PARALLEL = "parallel"


class ProgramsUnderTest:
    """The programs of a backend that a test asks for.

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
            "rule": list(TRAINING),
            "portable": list(PORTABLE),
            "system": list(SYSTEMS),
            "network": list(NETWORKS),
            "split": list(SPLIT),
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
            backend.check_training(rule)
            return backend.program(model, model.initial(seed), variant, rule)
        except Unsupported as reason:
            pytest.skip(str(reason))

    def parity(
        self,
        variant: str,
        cell: Cell,
        kind: str,
        optimizer: str,
        dtype: str,
        traced: Callable[..., Trace] = trace,
    ) -> tuple[Trace, Trace]:
        """Return what the backend and the oracle compute for one model.

        Args:
            variant: of the backend.
            cell: of the model.
            kind: of the model, a key of ``MODELS``.
            optimizer: a key of ``OPTIMIZERS``.
            dtype: of the backend; the oracle computes in float64.
            traced: what is computed: all, or a part of it, as each of them is compiled apart.
        """
        backend, oracle = self.backend(dtype), NumpyBackend("cpu", "float64")
        model = small_model(kind, cell)
        params, (state, batch) = model.initial(3), small_input(model, 3)
        rule = OPTIMIZERS[optimizer]
        program = self.build(backend, model, variant, rule, seed=3)
        truth = oracle.program(model, params, "autograd", rule)
        return (
            traced(backend, program, state, batch),
            traced(oracle, truth, state, batch),
        )


def turned(values: list[str], by: int) -> list[str]:
    """Return values, beginning with another one."""
    by %= len(values)
    return values[by:] + values[:by]
