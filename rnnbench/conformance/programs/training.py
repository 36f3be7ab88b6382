"""The promises of training: optimizers, clipping, and rates that change from step to step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from rnnbench.conformance.programs.traces import (
    OUTPUT_TOLERANCE,
    TRAINED_TOLERANCE,
    gradient_of,
    gradient_of_oracle,
)
from rnnbench.conformance.programs.under_test import ProgramsUnderTest
from rnnbench.conformance.specimens import DECAYING, SCHEDULED, TRAINING, small_model
from rnnbench.contracts.recurrences.padded import PaddedRecurrence
from rnnbench.errors import Unsupported
from rnnbench.models.cells.gated.lstm import LSTM
from rnnbench.models.kernel import Kernel
from rnnbench.models.model import Model
from rnnbench.models.network import Spec
from rnnbench.models.networks.stack import Stack
from rnnbench.models.problem import Problem
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle import parity
from rnnbench.oracle.backend import NumpyBackend
from rnnbench.oracle.small_input import STEPS, small_input
from rnnbench.oracle.traces import UPDATES, at_rate, named, trained


class Training(ProgramsUnderTest):
    """What programs may train with beyond sgd, rmsprop and adam; see ``Backend.TRAINS``.

    A backend that says it has none of it is asked for nothing here.
    """

    def test_training(self, rule: str) -> None:
        """Parameters after three steps agree with the oracle.

        In one variant: an optimizer does not ask how gradients came about.
        """
        first = self.choices()["variant"][0]
        self.check_trained(first, small_model("one-hot", LSTM()), TRAINING[rule])

    def test_constants_do_not_decay(self, variant: str) -> None:
        """Parameters decay, and nothing else: not what holds a state still at padding."""
        problem = Problem(inputs=2, outputs=1, lengths=True)
        model = Model(Stack(), Spec(problem, LSTM(), hidden=4))
        kernels = self.kernels(variant, model)
        if not any(isinstance(each, PaddedRecurrence) and each.channel for each in kernels):
            pytest.skip("it holds no constants among its parameters")
        self.check_trained(variant, model, DECAYING)

    def test_rate_is_data(self, variant: str) -> None:
        """Each step is taken at the rate of its batch, and nothing is compiled for another one."""
        backend, model = self.backend(self.widest()), small_model("one-hot", LSTM())
        program = self.build(backend, model, variant, SCHEDULED, seed=3)
        state, batch = (backend.put(part) for part in small_input(model, 3))
        moved, traces = [], []
        for step in range(1, UPDATES + 1):
            before = named("", program.params())
            program.train_step(state, at_rate(backend, batch, SCHEDULED, step))
            traces.append(program.traces())
            after = named("", program.params())
            moved.append(max(float(np.abs(after[name] - before[name]).max()) for name in after))
        assert traces == traces[:1] * UPDATES
        rates = [float(SCHEDULED.rate(step) or 0) for step in range(1, UPDATES + 1)]
        assert moved == pytest.approx(rates, rel=0.2)  # adam moves some parameter by its rate

    def test_windows(self) -> None:
        """Windows that overlap have the oracle's gradients, and hand on the state within them.

        In one variant: they are batches like others, but that some targets don't count.
        """
        dtype, first = self.widest(), self.choices()["variant"][0]
        plain = small_model("one-hot", LSTM())
        model = Model(plain.network, replace(plain.spec, stride=2))
        state, batch = small_input(model, 3)
        late = np.arange(STEPS)[:, None] >= STEPS - 2
        batch = batch._replace(counted=np.broadcast_to(late, batch.inputs.shape))
        backend, oracle = self.backend(dtype), NumpyBackend("cpu", "float64")
        program = self.build(backend, model, first, Optimizer(), seed=3)
        truth = oracle.program(model, model.initial(3), "autograd", Optimizer())
        expected = gradient_of(oracle, truth, state, batch)
        found = parity.worst(gradient_of(backend, program, state, batch), expected)
        assert found.error <= OUTPUT_TOLERANCE[dtype], found
        _, carried = program.train_step(backend.put(state), backend.put(batch))
        _, within = truth.train_step(state, batch)
        for ours, theirs in zip(carried["layers.0"], within["layers.0"], strict=True):
            assert parity.error(backend.numpy(ours), theirs) <= OUTPUT_TOLERANCE[dtype]

    def kernels(self, variant: str, model: Model) -> Iterable[Kernel]:
        """Return the kernels that a variant has for a model, or skip where it has none."""
        try:
            return self.backend(self.widest()).ops(model, variant).kernels.values()
        except Unsupported as reason:
            pytest.skip(str(reason))

    def check_trained(self, variant: str, model: Model, rule: Optimizer) -> None:
        """Assert that parameters agree with the oracle's after three steps of a rule."""
        dtype = self.widest()
        backend, oracle = self.backend(dtype), NumpyBackend("cpu", "float64")
        program = self.build(backend, model, variant, rule, seed=3)
        truth = oracle.program(model, model.initial(3), "autograd", rule)
        # In float32 parameters are compared where the gradient is no mere rounding.
        known = gradient_of_oracle(model) if dtype == "float32" else {}
        given = (*small_input(model, 3), rule)
        ours = trained(backend, program, *given)
        theirs = trained(oracle, truth, *given)
        found = parity.compare(known | ours, known | theirs)
        assert found.error <= TRAINED_TOLERANCE[dtype], found
