"""Programs that save work in timed blocks alone: the audit of one round finds each."""

import numpy as np
import pytest
from audited import judged, process, turned
from msgspec.structs import replace
from specimens import COMPARISON

from rnnbench.models.arrays.trees import tree_map
from rnnbench.oracle.backend import NumpyProgram
from rnnbench.plan.comparisons.build import Tasks, build
from rnnbench.plugins.registry import Registry
from rnnbench.running.audits import following, short_blocks

STEPS = 8


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


@pytest.mark.parametrize(
    "program",
    [IgnoresTheRate, OfAnEarlierBatch, WithoutALayer, WithoutEveryFifthUpdate],
)
def test_it_is_found_beside_one_that_is_honest(deep, program):
    honest = process("honest", deep, steps=STEPS)
    liar = process("liar", deep, steps=STEPS, make=program)
    judged(deep, honest, liar)
    assert honest.failure is None
    assert liar.failure.status == "mismatch"
    assert "differs from the oracle by" in liar.failure.reason


def asked_for_fewer(built, seconds):
    """Return a process that makes 8 steps a turn, and the steps of turns that it is asked for.

    Args:
        built: what it computes.
        seconds: what it takes for each step of so many.
    """
    one, asked = process("one", built, steps=STEPS), []

    def take_turn(turn):
        asked.append(turn.steps)
        return turned(turn.steps, seconds(turn.steps))

    one.take_turn, one.turns = take_turn, [turned(STEPS, seconds(STEPS))]
    return one, asked


def followed_for(monkeypatch, steps):
    """Have the oracle follow so many steps and no further."""
    trajectory = following.trajectory

    def short(work, begin, ends, *rest):
        return trajectory(work, begin, {min(steps, end) for end in ends}, *rest)

    monkeypatch.setattr(following, "trajectory", short)


def test_steps_that_nobody_followed_take_as_long_as_those_before(deep, monkeypatch):
    followed_for(monkeypatch, 5)
    row, asked = asked_for_fewer(deep, lambda steps: 2e-3 if steps < STEPS else 1e-3)
    judged(deep, row)
    assert row.failure is None
    assert asked == [4]


def test_who_stops_where_nobody_follows_is_found(deep, monkeypatch):
    followed_for(monkeypatch, 5)
    row, asked = asked_for_fewer(deep, lambda steps: 1e-3 * min(steps, 3) / steps)
    judged(deep, row)
    assert row.failure is None  # by two at most
    row, asked = asked_for_fewer(deep, lambda steps: 1e-3 if steps < STEPS else 2e-4)
    judged(deep, row)
    assert row.failure.status == "failed"
    assert "a step takes 0.2 ms in blocks of 8, and 1 ms in blocks of 4" in row.failure.reason
    assert asked == [4, STEPS] * short_blocks.TRIES


def test_where_others_disturb_by_then_whole_blocks_are_slow_too(deep, monkeypatch):
    followed_for(monkeypatch, 5)
    row, asked = asked_for_fewer(deep, lambda steps: 1e-3)
    row.take_turn = lambda turn: asked.append(turn.steps) or turned(turn.steps, 2e-2)
    judged(deep, row)
    assert row.failure is None
    assert asked == [4, STEPS]


def test_who_is_followed_to_the_end_is_asked_for_no_more(deep):
    row, asked = asked_for_fewer(deep, lambda steps: 1e-3)
    judged(deep, row)
    assert asked == []
