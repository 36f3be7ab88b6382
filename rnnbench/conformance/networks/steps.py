"""The promises of steps: none depends on a later one, and a sequence may be cut."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from rnnbench.conformance.networks.under_test import (
    ROUNDING,
    NetworkUnderTest,
)
from rnnbench.contracts.inference.generation import chosen, generate
from rnnbench.models.arrays.trees import Batch
from rnnbench.models.training.teaching import taught
from rnnbench.oracle import parity
from rnnbench.oracle.backend import NumpyBackend
from rnnbench.oracle.differentiable_numpy import NumpyNamespace
from rnnbench.oracle.small_input import EXAMPLES, small_input


class Steps(NetworkUnderTest):
    """Time has an order: what comes later changes nothing before, and sequences may be cut."""

    def test_later_inputs(self) -> None:
        """An output changes with a later input only if the network says that it is not causal."""
        if self.problem.targets != "every":
            pytest.skip("it has no outputs at every step")
        model = self.model()
        state, batch = small_input(model, 3)
        program, batch = self.program(model), batch._replace(noise=None)
        before, _ = program.forward(state, batch)
        changed = batch.inputs.copy()
        changed[3:] = changed[:2]
        after, _ = program.forward(state, batch._replace(inputs=changed))
        assert self.network.causal == (parity.error(after[:3], before[:3]) < ROUNDING)

    def test_later_targets(self) -> None:
        """Of a target sequence an output depends on the targets before it, and on no others."""
        if self.problem.targets != "sequence":
            pytest.skip("no targets are told")
        model = self.model()
        program, (state, batch) = self.program(model), small_input(model, 3)
        batch = batch._replace(noise=None)
        before, _ = program.forward(state, batch)
        changed = batch.targets.copy()
        changed[1:] = (changed[1:] + 1) % self.problem.outputs
        after, _ = program.forward(state, batch._replace(targets=changed))
        assert parity.error(after[:2], before[:2]) < ROUNDING
        assert all(parity.error(after[t], before[t]) > ROUNDING for t in range(2, len(after)))

    def test_state_is_carried(self) -> None:
        """Two halves with the state carried over equal one long sequence."""
        program, state, batch = self.causally()
        whole, end = program.forward(state, batch)
        first, middle = program.forward(state, cut(batch, slice(0, 2)))
        second, last = program.forward(middle, cut(batch, slice(2, None)))
        assert parity.error(np.concatenate([first, second]), whole) < ROUNDING
        for path, parts in end.items():
            for ours, theirs in zip(last[path], parts, strict=True):
                assert parity.error(ours, theirs) < ROUNDING

    def test_one_step_at_a_time(self) -> None:
        """Steps that are asked for one by one equal the whole."""
        if self.problem.targets != "sequence":
            self.causally()
        model = self.model()
        program, (_, batch) = self.program(model), small_input(model, 3)
        batch = batch._replace(noise=None)
        whole, _ = program.forward(model.zero_state(EXAMPLES), batch)
        memory, state = program.begin(batch)
        told = taught(NumpyNamespace(), self.problem, batch).inputs
        for t in range(len(whole)):
            outputs, state = program.advance(memory, state, Batch(told[t : t + 1], None))
            assert parity.error(outputs[0], whole[t]) < ROUNDING

    def test_generation(self) -> None:
        """What it says, taught as the target, makes it say the same."""
        if self.problem.targets != "sequence":
            pytest.skip("it writes no sequence")
        model = self.model()
        program, (_, batch) = self.program(model), small_input(model, 3)
        batch = batch._replace(noise=None)
        problem = dataclasses.replace(self.problem, end=-1)  # on to the last step
        outputs = generate(NumpyBackend("cpu", "float64"), program, problem, batch)
        said = batch._replace(targets=chosen(problem, outputs))
        again, _ = program.forward(model.zero_state(EXAMPLES), said)
        assert parity.error(outputs, again) < ROUNDING


def cut(batch: Batch, steps: slice) -> Batch:
    """Return some steps of a batch, which has a target at every one."""
    return batch._replace(inputs=batch.inputs[steps], targets=batch.targets[steps])
