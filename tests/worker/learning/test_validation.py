import numpy as np
import pytest
from adding import Adding, Independent, make

from rnnbench import Batch
from rnnbench.worker.learning.training import train
from rnnbench.worker.learning.validation import validation_of


class Wandering(Independent):
    """Its validation scores are those of a list, one after the other."""

    higher_is_better = False

    def __init__(self, scores):
        object.__setattr__(self, "scores", iter(scores))

    def validation(self, batch):
        return [Batch(np.full((1, 1), next(self.scores)), np.zeros(1))]


class Weighed(Adding):
    """Its weights are the number of steps since they were set."""

    weights, was_set = 0, None

    def train_step(self, state, batch):
        self.weights += 1
        return super().train_step(state, batch)

    def params(self):
        return self.weights

    def reset(self, params):
        self.weights = self.was_set = params


def row(scores, steps, patience):
    made = make(Wandering(scores), steps)
    object.__setattr__(made.built, "patience", patience)
    made.program = Weighed()
    return made


def test_the_weights_of_the_best_step_are_kept():
    made = row([4.0, 2.0, 3.0, 3.0, 3.0], 5, patience=3)
    validation = validation_of(made)
    curve = train(made, 0, print, validation)
    assert [step for step, _ in curve] == [1, 2, 3, 4, 5]
    seconds, best, stopped = validation.ended(9.0)
    assert (best, stopped, made.program.was_set) == (2, None, 2)
    assert seconds == pytest.approx(9.0 - validation.seconds)
    assert 0 < validation.seconds < 9


def test_a_training_that_becomes_no_better_is_stopped():
    made = row([4.0, 2.0, 3.0, 3.0, 1.0], 5, patience=2)
    validation = validation_of(made)
    assert train(made, 0, print, validation)[-1][0] == 4
    assert validation.ended(9.0)[1:] == (2, 4)


def test_without_patience_nothing_is_validated():
    assert validation_of(make(Independent())) is None
