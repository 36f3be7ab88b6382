"""The Keras subclasses compute the core's formulas; Keras's own do not."""

import numpy as np
import pytest
import tensorflow as tf

from rnnbench import Optimizer, ReferenceOptimizer
from rnnbench_tensorflow.optimizers import RULES, clipped

STEPS = 10


def small_gradients() -> list[list[np.ndarray]]:
    """Gradients near ε, where its place in the formula shows, and of two shapes."""
    rng = np.random.default_rng(0)
    return [
        [s * rng.standard_normal(n) for s, n in ((1e-8, 5), (1.0, (2, 3)))] for _ in range(STEPS)
    ]


def trained(optimizer, clip, dtype) -> list[np.ndarray]:
    variables = [tf.Variable(np.ones(shape, dtype)) for shape in (5, (2, 3))]
    optimizer.build(variables)
    for gradients in small_gradients():
        optimizer.apply(clip([tf.constant(g, dtype) for g in gradients]))
    return [variable.numpy() for variable in variables]


def formula(rule: Optimizer) -> list[np.ndarray]:
    arrays = [np.ones(5), np.ones((2, 3))]
    reference = ReferenceOptimizer(rule, arrays)
    for gradients in small_gradients():
        reference.step(gradients)
    return arrays


@pytest.mark.parametrize("clip", [None, 0.5])
@pytest.mark.parametrize("name", list(RULES))
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-14), ("float32", 1e-6)])
def test_formula(name, clip, dtype, tolerance):
    rule = Optimizer(name, lr=0.01, clip=clip)
    ours = trained(
        RULES[name](rule, [rule.weight_decay] * 2),
        lambda gradients: clipped(rule, gradients),
        dtype,
    )
    for a, b in zip(ours, formula(rule), strict=True):
        assert a.dtype == dtype
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=0)


def test_reset_forgets_all_steps():
    rule = Optimizer("adam", lr=0.01)
    optimizer = RULES["adam"](rule)
    first = trained(optimizer, list, "float64")
    optimizer.reset()
    assert optimizer.iterations == 0
    fresh = [variable.assign(tf.ones_like(variable)) for variable in optimizer._trainable_variables]
    for gradients in small_gradients():
        optimizer.apply([tf.constant(g) for g in gradients])
    assert all(np.array_equal(a, b.numpy()) for a, b in zip(first, fresh, strict=True))
