import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnbench.models.training.optimizer import EXTRAS, Optimizer
from rnnbench.models.training.schedule import Schedule
from rnnbench.oracle.optimizer import ReferenceOptimizer, clip_scale, clipped

NUMBERS = st.floats(-10, 10).filter(lambda g: g == 0 or abs(g) > 1e-3)


def sgd(gradients, theta, lr, momentum=0.9):
    v = 0.0
    for g in gradients:
        v = momentum * v + g
        theta -= lr * v
    return theta


def rmsprop(gradients, theta, lr):
    s = 0.0
    for g in gradients:
        s = 0.99 * s + 0.01 * g**2
        theta -= lr * g / (math.sqrt(s) + 1e-8)
    return theta


def adam(gradients, theta, lr):
    m = v = 0.0
    for t, g in enumerate(gradients, 1):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        theta -= lr * (m / (1 - 0.9**t)) / (math.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return theta


FORMULAS = {"sgd": sgd, "rmsprop": rmsprop, "adam": adam}


@pytest.mark.parametrize("name", FORMULAS)
@given(
    gradients=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=6),
    start=st.tuples(NUMBERS, NUMBERS),
)
def test_each_rule_is_its_formula(name, gradients, start):
    arrays = [np.array(theta) for theta in start]
    optimizer = ReferenceOptimizer(Optimizer(name, lr=0.05), arrays)
    for both in gradients:
        optimizer.step([np.array(g) for g in both])
    for array, theta, history in zip(arrays, start, zip(*gradients, strict=True), strict=True):
        truth = FORMULAS[name](history, theta, 0.05)
        assert array == pytest.approx(truth, rel=1e-12, abs=1e-12)


def test_momentum_is_an_option_of_sgd():
    array = np.array(1.0)
    optimizer = ReferenceOptimizer(Optimizer("sgd", lr=0.1, momentum=0.5), [array])
    optimizer.step([np.array(2.0)])
    optimizer.step([np.array(3.0)])
    assert array == pytest.approx(sgd([2.0, 3.0], 1.0, 0.1, momentum=0.5))


def test_the_norm_is_taken_over_all_parameters_together():
    gradients = [np.array([3.0]), np.array([[4.0]])]
    assert clip_scale(Optimizer(clip=2.0), gradients) == 2.0 / (5.0 + 1e-6)


@pytest.mark.parametrize("clip", [None, 5.0 + 1e-6, 100.0])
def test_a_small_gradient_is_not_clipped(clip):
    assert clip_scale(Optimizer(clip=clip), [np.array([3.0, 4.0])]) == 1.0


def test_clipping_comes_before_the_rule():
    clipped, scaled = np.zeros(2), np.zeros(2)
    gradient = np.array([3.0, 4.0])
    ReferenceOptimizer(Optimizer("sgd", lr=1.0, clip=1.0), [clipped]).step([gradient])
    ReferenceOptimizer(Optimizer("sgd", lr=1.0), [scaled]).step([gradient / (5.0 + 1e-6)])
    np.testing.assert_allclose(clipped, scaled, rtol=1e-15)


def test_gradients_are_left_as_they_were():
    gradient = np.array([3.0, 4.0])
    ReferenceOptimizer(Optimizer("adam", clip=1.0), [np.zeros(2)]).step([gradient])
    assert gradient.tolist() == [3.0, 4.0]


def test_nesterov_looks_ahead():
    array = np.array(1.0)
    optimizer = ReferenceOptimizer(Optimizer("sgd", lr=0.1, momentum=0.5, nesterov=True), [array])
    optimizer.step([np.array(2.0)])
    optimizer.step([np.array(4.0)])
    assert array == pytest.approx(1 - 0.1 * (2 + 0.5 * 2) - 0.1 * (4 + 0.5 * (0.5 * 2 + 4)))


def test_decay_moves_no_moments():
    decayed, alone = np.array(3.0), np.array(3.0)
    with_decay = ReferenceOptimizer(Optimizer("adamw", lr=0.05, weight_decay=0.5), [decayed])
    without = ReferenceOptimizer(Optimizer("adam", lr=0.05), [alone])
    for gradient in (1.0, -2.0):
        before, unmoved = decayed.copy(), alone.copy()
        for optimizer in (with_decay, without):
            optimizer.step([np.array(gradient)])
        assert decayed - before == pytest.approx(alone - unmoved - 0.05 * 0.5 * before)


def test_what_is_no_parameter_does_not_decay():
    array = np.array([3.0, 3.0])
    rule = Optimizer("adamw", lr=0.1, weight_decay=1.0)
    ReferenceOptimizer(rule, [array], [np.array([1.0, 0.0])]).step([np.zeros(2)])
    assert array == pytest.approx([2.7, 3.0])


def test_values_are_clipped_before_their_norm():
    rule = Optimizer(clip_value=3.0, clip=1.0)
    (found,) = clipped(rule, [np.array([-9.0, 4.0])])
    assert found == pytest.approx(np.array([-3.0, 3.0]) / (math.sqrt(18) + 1e-6))


def test_a_step_may_bring_its_rate():
    array = np.array(1.0)
    ReferenceOptimizer(Optimizer("sgd", lr=0.1), [array]).step([np.array(2.0)], 0.25)
    assert array == 0.5


@pytest.mark.parametrize(
    ("options", "extras"),
    [
        ({"name": "sgd", "momentum": 0.0, "clip": 1.0}, set()),
        ({"name": "adamw"}, {"adamw"}),
        ({"name": "sgd", "nesterov": True}, {"nesterov"}),
        ({"clip_value": 1.0}, {"clip_value"}),
        ({"schedule": Schedule(warmup=2)}, {"schedule"}),
    ],
)
def test_what_not_every_backend_has(options, extras):
    assert Optimizer(**options).extras == extras <= EXTRAS.keys()
