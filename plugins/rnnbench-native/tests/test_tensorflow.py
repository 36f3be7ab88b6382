"""The kernel in TensorFlow."""

from __future__ import annotations

import tensorflow as tf

from rnnbench import LSTM
from rnnbench_tensorflow.backend import TensorFlowBackend

from .conftest import INPUTS, InAFramework, arguments, recurrence


class TestKernel(InAFramework):
    backend = TensorFlowBackend


def test_a_tape_that_is_read_twice_is_copied() -> None:
    cell = LSTM()
    native = recurrence(TensorFlowBackend(), cell, 4)
    *weights, xs, h, c = (tf.constant(a, tf.float32) for a in arguments(cell, 3, 2, 4))
    params = dict(zip(cell.shapes(INPUTS, 4), weights, strict=True))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(xs)
        ys, _ = native.apply(params, xs, (h, c))
    one = tape.gradient(ys, xs, output_gradients=ys)
    two = tape.gradient(ys, xs, output_gradients=2 * ys)
    assert tf.reduce_max(tf.abs(one)) > 0
    tf.debugging.assert_near(2 * one, two)
