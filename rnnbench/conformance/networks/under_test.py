"""A network under test: small models of it on the oracle, and their batches."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

import numpy as np
import pytest

from rnnbench.conformance.padding import example_of
from rnnbench.contracts.program import Program
from rnnbench.models.arrays.trees import Batch, States
from rnnbench.models.cell import Cell
from rnnbench.models.cells.gated.lstm import LSTM
from rnnbench.models.model import Model
from rnnbench.models.network import Network, Spec
from rnnbench.models.problem import Problem
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle.backend import NumpyBackend
from rnnbench.oracle.small_input import small_input

#: What two ways of computing the same in float64 may differ by.
ROUNDING = 1e-12
#: Units and layers of the models that are tested.
HIDDEN, LAYERS = 3, 2


class NetworkUnderTest:
    """The network that a kit's tests are about.

    Attributes:
        network: the network under test, with the options that are to be tested.
        problem: one that it solves.
        cell: what it is made of, if of cells.
    """

    network: ClassVar[Network]
    problem: ClassVar[Problem] = Problem(inputs=2, outputs=2)
    cell: ClassVar[Cell] = LSTM()

    def model(self, **changes: Any) -> Model:
        """Return a small model for the problem, or for a changed one."""
        cell = self.cell if self.network.uses_cell else None
        problem = dataclasses.replace(self.problem, **changes)
        return Model(self.network, Spec(problem, cell, HIDDEN, LAYERS))

    def program(self, model: Model) -> Program:
        """Return a model on the oracle; of its parameters none is zero."""
        rng, params = np.random.default_rng(7), model.initial(3)
        for group in params.values():
            for name, array in group.items():
                group[name] = array + 0.3 * rng.standard_normal(array.shape)
        return NumpyBackend("cpu", "float64").program(model, params, "autograd", Optimizer())

    def causally(self) -> tuple[Program, States, Batch]:
        """Return a program, a state and a batch without dropout, or skip what is not causal."""
        if not self.network.causal or self.problem.targets != "every":
            pytest.skip("it has no outputs at every step, or later inputs have a part in them")
        model = self.model()
        state, batch = small_input(model, 3)
        return self.program(model), state, batch._replace(noise=None)


def example(state: States, batch: Batch, k: int, axis: int) -> tuple[States, Batch]:
    """Return one example of a batch, and its state; examples are along ``axis`` of targets."""
    alone = {path: tuple(part[k : k + 1] for part in parts) for path, parts in state.items()}
    return alone, example_of(batch, k, axis)
