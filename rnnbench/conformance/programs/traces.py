"""What programs compute, by name, and how far it may be from the oracle's."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnbench.contracts.backend import Backend
from rnnbench.contracts.program import Program
from rnnbench.models.arrays.trees import Batch, States
from rnnbench.models.model import Model
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle import parity
from rnnbench.oracle.backend import NumpyBackend
from rnnbench.oracle.small_input import small_input
from rnnbench.oracle.traces import named

Trace = dict[str, np.ndarray]

#: What may differ from the oracle: outputs and gradients, and parameters after three steps.
OUTPUT_TOLERANCE = {"float32": parity.TOLERANCE["float32"], "float64": 1e-9}
TRAINED_TOLERANCE = {"float32": parity.TOLERANCE["float32"], "float64": 1e-8}
#: What two ways of computing the same in one backend may differ by.
ROUNDING = {"float32": 1e-5, "float64": 1e-12}


def gradient_of(backend: Backend, program: Program, state: States, batch: Batch) -> Trace:
    """Return the loss and the gradients by name."""
    loss, gradients = program.gradient(backend.put(state), backend.put(batch))
    return {"loss": np.asarray(loss)} | named("gradient of", gradients)


def gradient_of_oracle(model: Model) -> Trace:
    """Return the loss and the gradients of a model on a small input, by name."""
    oracle = NumpyBackend("cpu", "float64")
    reference = oracle.program(model, model.initial(3), "autograd", Optimizer())
    return gradient_of(oracle, reference, *small_input(model, 3))


def arrays_of(states: States) -> list[Any]:
    """Return the arrays of all parts."""
    return [array for state in states.values() for array in state]
