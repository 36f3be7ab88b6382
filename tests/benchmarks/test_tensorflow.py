"""`tensorflow:keras` against a tf.function over keras.layers.LSTM, and `fused` against the rest."""

import keras
import pytest
import tensorflow as tf

from benchmarks.kernel import COUNT, RULE, setting
from benchmarks.paired import (
    cells,
    compare,
    composed,
    fidelity,
    forms,
    kinds,
    shapes,
    speed_up,
    three_shapes,
    two_shapes,
)
from rnnbench_tensorflow.backend import TensorFlowBackend


def bare_loop(shape, batch):
    hidden = shape[-1]
    lstm, readout = keras.layers.LSTM(hidden, use_cudnn=False), keras.layers.Dense(1)
    inputs = tf.transpose(batch.inputs, (1, 0, 2))  # Keras is batch-major
    readout(lstm(inputs))
    variables = lstm.trainable_variables + readout.trainable_variables
    optimizer = keras.optimizers.Adam(RULE.lr)
    optimizer.build(variables)

    @tf.function(autograph=False)
    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(readout(lstm(inputs)) - batch.targets))
        gradients = tape.gradient(loss, variables)
        gradients, _ = tf.clip_by_global_norm(gradients, RULE.clip)
        optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return loss

    return step


@shapes
def test_train_step(benchmark, shape, rounds):
    TensorFlowBackend.configure(COUNT)
    program, state, batch, _ = setting(TensorFlowBackend(), shape, "keras")
    ours = lambda: program.train_step(state, batch)  # noqa: E731
    compare(benchmark, ours, bare_loop(shape, batch), program.wait, rounds)


@two_shapes
@kinds
def test_fidelity(benchmark, shape, kind, rounds):
    fidelity(benchmark, TensorFlowBackend(), shape, "fused", kind, rounds)


@three_shapes
@cells
@pytest.mark.parametrize("other", ["keras", "graph", "xla"])
def test_fused_is_ahead_of(benchmark, shape, cell, other, rounds):
    speed_up(benchmark, TensorFlowBackend(), shape, ("fused", other), cell, rounds)


@two_shapes
@forms
def test_fused_composed(benchmark, shape, form, rounds):
    composed(benchmark, TensorFlowBackend(), shape, "fused", form, rounds)
