"""A user's Keras model: its weights, what else it keeps, and how it is given inputs."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from rnnbench import Optimizer, OwnNetError, Problem
from rnnbench.conformance import own_model, small_input
from rnnbench_tensorflow.backend import TensorFlowBackend

NUMBERS = Problem(inputs=2, outputs=1, targets="one")
WORDS = Problem(inputs=7, outputs=4, tokens=True, lengths=True, loss="cross-entropy")


class Net(keras.Model):
    def __init__(self, problem):
        super().__init__()
        self.norm = keras.layers.BatchNormalization()
        self.drop = keras.layers.Dropout(0.5)
        self.readout = keras.layers.Dense(problem.outputs)

    def call(self, xs):
        return self.readout(self.drop(self.norm(xs[:, -1])))


class Words(keras.Model):
    def __init__(self, problem):
        super().__init__()
        self.embedding = keras.layers.Embedding(problem.inputs, 3)
        self.readout = keras.layers.Dense(problem.outputs)

    def call(self, words, lengths):
        there = np.arange(words.shape[1]) < lengths[:, None]
        return self.readout(self.embedding(words)) * keras.ops.cast(there, "float32")[:, :, None]


def functional(problem):
    words = keras.Input((None,), dtype="int64")
    return keras.Model(
        [words, keras.Input((), dtype="int64")],
        keras.Sequential(
            [keras.layers.Embedding(problem.inputs, 3), keras.layers.Dense(problem.outputs)]
        )(words),
    )


def sequence(problem):
    return keras.Sequential([keras.layers.Dense(3), keras.layers.Dense(problem.outputs)])


def regular(problem):
    return keras.Sequential([keras.layers.Dense(problem.outputs, kernel_regularizer="l2")])


def program_of(factory, problem, **rule):
    """Return a program of a net, a state and a batch, and how to draw parameters."""
    backend = TensorFlowBackend()
    model = own_model(backend.own_net(factory, problem), problem)
    program = backend.program(model, model.initial(3), "mine", Optimizer(**rule))
    return program, *map(backend.put, small_input(model, 0)), model.initial


def trained(program, state, batch):
    """Return the outputs, three losses, and the outputs after them."""
    before = program.forward(state, batch)[0]
    losses = [program.train_step(state, batch)[0] for _ in range(3)]
    return np.concatenate(
        [np.ravel(one) for one in (before, losses, program.forward({}, batch)[0])]
    )


def test_a_training_begins_anew_with_all_that_a_model_keeps():
    program, state, batch, initial = program_of(Net, NUMBERS, name="adamw", weight_decay=0.1)
    first, second = initial(3), initial(4)
    assert all(map(np.array_equal, first["net"].values(), initial(3)["net"].values()))
    found = trained(program, state, batch)
    after = program.params()["net"]
    program.reset(second)
    assert not np.allclose(trained(program, state, batch), found)
    program.reset(first)
    np.testing.assert_array_equal(trained(program, state, batch), found)
    assert all(map(np.array_equal, program.params()["net"].values(), after.values()))


def test_dropout_is_of_training_alone():
    program, state, batch, _ = program_of(Net, NUMBERS, name="sgd", lr=0.0)
    before, other = program.train_step(state, batch)[0], program.train_step(state, batch)[0]
    assert before != other
    assert np.array_equal(program.forward({}, batch)[0], program.forward({}, batch)[0])


def test_a_model_computes_at_the_dtype_of_the_run():
    net = TensorFlowBackend("cpu", "float64").own_net(sequence, NUMBERS)
    assert net.apply({}, tf.ones((1, 1, 2), tf.float64)).dtype == "float64"


@pytest.mark.parametrize("factory", [Words, functional])
def test_a_model_is_given_examples_first_and_lengths(factory):
    program, state, batch, _ = program_of(factory, WORDS)
    steps, examples = batch.inputs.shape
    assert program.forward(state, batch)[0].shape == (steps, examples, WORDS.outputs)


def test_a_wrong_shape_is_told_as_the_model_has_seen_it():
    program, state, batch, _ = program_of(sequence, NUMBERS)
    with pytest.raises(OwnNetError, match=r"inputs \(3, 5, 2\) .* \(3, 5, 1\), wanted \(3, 1\)"):
        program.forward(state, batch)


@pytest.mark.parametrize(
    ("factory", "said"),
    [
        (lambda problem: (len, len), "it makes a pair of functions, and tensorflow takes a Keras"),
        (lambda problem: tf.Module(), "it makes a module of TensorFlow, and"),
        (lambda problem: keras.layers.ReLU(), "no parameters that are trained"),
        (regular, "adds losses of its own"),
    ],
)
def test_what_is_no_model_or_trains_otherwise_is_refused(factory, said):
    with pytest.raises(OwnNetError, match=said):
        TensorFlowBackend().own_net(factory, NUMBERS)


class Unknown(Net):
    def call(self, xs):
        return tf.numpy_function(np.asarray, [super().call(xs)], tf.float32)


def test_a_shape_that_nobody_knows_is_told():
    program, state, batch, _ = program_of(Unknown, NUMBERS)
    with pytest.raises(OwnNetError, match=r"the shape <unknown>, wanted \(3, 1\)"):
        program.forward(state, batch)


def test_a_model_that_is_returned_again_is_refused():
    model = sequence(NUMBERS)
    net = TensorFlowBackend().own_net(lambda problem: model, NUMBERS)
    with pytest.raises(OwnNetError, match="made before"):
        net.initial(0)
