"""Programs that save work in timed blocks alone: the audit of one round finds each."""

import numpy as np
import pytest
from audited import judged, process
from msgspec.structs import replace
from specimens import COMPARISON

from rnnbench.models.arrays.trees import tree_map
from rnnbench.oracle.backend import NumpyProgram
from rnnbench.plan.comparisons.build import Tasks, build
from rnnbench.plugins.registry import Registry

STEPS = 12


@pytest.fixture
def deep(fake):
    """Two layers, whose rate falls in the course of a training."""
    comparison = replace(COMPARISON, layers=2, schedule="cosine", steps=40)
    return build(comparison, Tasks(Registry.of([])))


class IgnoresTheRate(NumpyProgram):
    """Keeps to the rate of the rule, whatever a batch brings."""

    def train_step(self, state, batch):
        return super().train_step(state, batch._replace(rate=None))


class OfAnEarlierBatch(NumpyProgram):
    """Differentiates once in two steps, and takes what it has found twice."""

    kept = None

    def _differentiate(self, state, batch):
        loss, gradients, new_state = super()._differentiate(state, batch)
        self.kept, gradients = (None, self.kept) if self.kept else (gradients, gradients)
        return loss, gradients, new_state


class WithoutALayer(NumpyProgram):
    """Leaves the gradient of its first layer out."""

    def _differentiate(self, state, batch):
        loss, gradients, new_state = super()._differentiate(state, batch)
        left_out = {"layers.0": tree_map(np.zeros_like, gradients["layers.0"])}
        return loss, gradients | left_out, new_state


class WithoutEveryFifthUpdate(NumpyProgram):
    """Computes the loss alone in every fifth step."""

    steps = 0

    def train_step(self, state, batch):
        self.steps += 1
        if self.steps % 5:
            return super().train_step(state, batch)
        return self.model.cost(self.ops, self.native, state, batch)


class InHalfPrecision(NumpyProgram):
    """Differentiates at weights in half precision."""

    def _differentiate(self, state, batch):
        whole = self.native
        self.native = tree_map(lambda array: array.astype(np.float16).astype(array.dtype), whole)
        found = super()._differentiate(state, batch)
        self.native = whole
        return found


@pytest.mark.parametrize(
    "program",
    [IgnoresTheRate, OfAnEarlierBatch, WithoutALayer, WithoutEveryFifthUpdate, InHalfPrecision],
)
def test_it_is_found_beside_one_that_is_honest(deep, program):
    honest = process("honest", deep, steps=STEPS)
    liar = process("liar", deep, steps=STEPS, make=program)
    judged(deep, honest, liar)
    assert honest.failure is None
    assert liar.failure.status == "mismatch"
    assert "differs from the oracle by" in liar.failure.reason
