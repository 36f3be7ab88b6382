import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnbench.models.training.optimizer import Optimizer
from rnnbench.models.training.schedule import Schedule


def factors(schedule):
    return [schedule.factor(step) for step in range(1, schedule.steps + 1)]


def test_a_constant_rate_is_no_data():
    assert Schedule().is_constant
    assert Optimizer().rate(7) is None


def test_a_rate_that_changes_is():
    rule = Optimizer(lr=0.4, schedule=Schedule("step", steps=2, drop=0.5, drop_every=1))
    assert [float(rule.rate(step)) for step in (1, 2)] == [0.4, 0.2]


def test_steps_down():
    assert factors(Schedule("step", steps=5, drop=0.5, drop_every=2)) == [1, 1, 0.5, 0.5, 0.25]


def test_along_a_cosine():
    found = factors(Schedule("cosine", steps=4))
    assert found == pytest.approx([1, (1 + math.sqrt(0.5)) / 2, 0.5, (1 - math.sqrt(0.5)) / 2])


def test_a_warm_up_comes_before_it():
    found = factors(Schedule("cosine", steps=6, warmup=2))
    assert found == pytest.approx([0.5, 1, *factors(Schedule("cosine", steps=4))])


def test_a_warm_up_alone():
    assert factors(Schedule(steps=4, warmup=3)) == pytest.approx([1 / 3, 2 / 3, 1, 1])
    assert not Schedule(steps=4, warmup=3).is_constant


@given(
    st.sampled_from(["constant", "step", "cosine"]),
    st.integers(1, 30),
    st.integers(0, 40),
    st.floats(0.01, 1),
    st.integers(1, 40),
    st.integers(1, 200),
)
def test_every_step_has_a_rate_and_a_training_begins_again(name, steps, warmup, drop, every, step):
    schedule = Schedule(name, steps, warmup, drop, every)
    assert 0 < schedule.factor(step) <= 1
    assert schedule.factor(step) == schedule.factor(step + steps)
