"""The promises of a batch: its examples know nothing of each other, nor of padding."""

from __future__ import annotations

import numpy as np
import pytest

from rnnbench.conformance.networks.under_test import (
    ROUNDING,
    NetworkUnderTest,
    example,
)
from rnnbench.conformance.padding import with_garbage, with_more_padding
from rnnbench.oracle import parity
from rnnbench.oracle.small_input import EXAMPLES, LENGTHS, RESETS, small_input
from rnnbench.oracle.traces import named


class Examples(NetworkUnderTest):
    """The examples of a batch know nothing of each other, nor of padding."""

    def test_examples_apart(self) -> None:
        """What is computed for an example does not depend on the others of its batch."""
        model = self.model()
        state, batch = small_input(model, 3)
        program, batch = self.program(model), batch._replace(noise=None)
        together, _ = program.forward(state, batch)
        axis = 0 if self.problem.targets == "one" else 1
        for k in range(EXAMPLES):
            alone, _ = program.forward(*example(state, batch, k, axis))
            assert parity.error(np.take(together, [k], axis), alone) < ROUNDING

    def test_padding(self) -> None:
        """What stands at padding, and how much of it, changes neither loss nor gradients."""
        model = self.model(lengths=True)
        state, batch = small_input(model, 3)
        program, batch = self.program(model), batch._replace(noise=None)
        before, gradients = program.gradient(state, batch)
        for changed in (with_garbage(batch), with_more_padding(batch)):
            after, others = program.gradient(state, changed)
            assert abs(after - before) < ROUNDING
            found = parity.worst(named("", others), named("", gradients))
            assert found.error < ROUNDING, found

    def test_state_at_padding(self) -> None:
        """The state after a sequence is that at its end, however much padding follows."""
        if self.problem.targets == "sequence":
            pytest.skip("its targets have lengths of their own")
        model = self.model(lengths=True)
        state, batch = small_input(model, 3)
        program, batch = self.program(model), batch._replace(noise=None)
        _, together = program.forward(state, batch)
        axis = 0 if self.problem.targets == "one" else 1
        for k, steps in enumerate(LENGTHS):
            own, alone = example(state, batch, k, axis)
            inputs = alone.inputs[:steps]
            _, apart = program.forward(own, alone._replace(inputs=inputs, lengths=None))
            for path, parts in apart.items():
                for ours, theirs in zip(together[path], parts, strict=True):
                    assert parity.error(ours[k : k + 1], theirs) < ROUNDING, path

    def test_state_begins_anew(self) -> None:
        """An example that begins another sequence is computed as if there had been none before."""
        model = self.model(resets=True)
        state, batch = small_input(model, 3)
        program, batch = self.program(model), batch._replace(noise=None)
        _, carried = program.forward(state, batch._replace(resets=None))
        together, after = program.forward(carried, batch)
        axis, zeros = 0 if self.problem.targets == "one" else 1, model.zero_state(1)
        for k, begins in enumerate(RESETS):
            own, alone = example(carried, batch._replace(resets=None), k, axis)
            apart, end = program.forward(zeros if begins else own, alone)
            assert parity.error(np.take(together, [k], axis), apart) < ROUNDING
            for path, parts in end.items():
                for ours, theirs in zip(after[path], parts, strict=True):
                    assert parity.error(ours[k : k + 1], theirs) < ROUNDING, path
