"""All steps at once: the variant ``parallel`` of cells that are linear in their state."""

from __future__ import annotations

import numpy as np
import pytest

from rnnbench.conformance.programs.traces import (
    OUTPUT_TOLERANCE,
    TRAINED_TOLERANCE,
    gradient_of,
)
from rnnbench.conformance.programs.under_test import PARALLEL, ProgramsUnderTest
from rnnbench.conformance.specimens import (
    PORTABLE,
    small_model,
)
from rnnbench.contracts.backend import Backend
from rnnbench.models.arrays.trees import Batch, States, tree_map
from rnnbench.models.cells.linear.lru import LRU
from rnnbench.models.cells.linear.mingru import MinGRU
from rnnbench.models.model import Model
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle import parity
from rnnbench.oracle.backend import NumpyBackend
from rnnbench.oracle.small_input import small_input


class Parallel(ProgramsUnderTest):
    """What ``parallel`` computes is what the steps say, one after the other."""

    def test_parallel(self, linear: str) -> None:
        """In ``parallel`` a cell that is linear in its state has the oracle's loss and gradients.

        Of sequences of several lengths, in both directions.
        """
        model = small_model("lengths", PORTABLE[linear])
        self.check_parallel(model, *small_input(model, 3))

    def test_parallel_over_many_steps(self) -> None:
        """So it has over 1,000 steps."""
        model = small_model("one-hot", MinGRU())
        tokens, targets = np.random.default_rng(3).integers(0, 5, (2, 1000, 2))
        state = tree_map(lambda part: part[:2], small_input(model, 3)[0])
        self.check_parallel(model, state, Batch(tokens, targets))

    def test_parallel_training(self) -> None:
        """A model of such a cell has the oracle's outputs and final state, and trains alike."""
        dtype = self.widest()
        self.with_parallel(dtype)
        ours, theirs = self.parity(PARALLEL, LRU(), "one-hot", "sgd", dtype)
        found = parity.worst(ours, theirs)
        assert found.error <= TRAINED_TOLERANCE[dtype], found

    def check_parallel(self, model: Model, state: States, batch: Batch) -> None:
        """Hold loss and gradients against the oracle's, or skip without the variant."""
        dtype = self.widest()
        backend, oracle = self.with_parallel(dtype), NumpyBackend("cpu", "float64")
        program = self.build(backend, model, PARALLEL, Optimizer(), seed=3)
        truth = oracle.program(model, model.initial(3), "autograd", Optimizer())
        expected = gradient_of(oracle, truth, state, batch)
        found = parity.worst(gradient_of(backend, program, state, batch), expected)
        assert found.error <= OUTPUT_TOLERANCE[dtype], found

    def with_parallel(self, dtype: str) -> Backend:
        """Return the backend under test, or skip where it has no variant ``parallel``."""
        if PARALLEL not in self.info.variants:
            pytest.skip(f"it has no variant {PARALLEL}")
        return self.backend(dtype)
