from dataclasses import replace

import numpy as np
import pytest

from rnnbench import LSTM, Batch, Model, NumpyNamespace, Problem, Spec, UsageError
from rnnbench.models.networks.seq2seq import Seq2Seq
from rnnbench.models.training.teaching import check_tokens, taught

WORDS = {"tokens": True, "loss": "cross-entropy", "targets": "sequence"}
TARGETS = np.array([[1, 2], [3, 0], [2, 2]])


def test_a_decoder_is_told_the_target_before_each_step():
    problem = Problem(7, 5, **WORDS, begin=4)
    batch = Batch(np.zeros((6, 2), int), TARGETS, np.array([6, 2]), np.array([3, 1]))
    told = taught(NumpyNamespace(), problem, batch)
    assert told.inputs.tolist() == [[4, 4], [1, 2], [3, 0]]
    assert told.lengths.tolist() == [3, 1]
    assert told.targets is TARGETS


def test_before_the_first_number_there_are_zeros():
    targets = np.arange(12.0).reshape(3, 2, 2)
    batch = Batch(np.zeros((1, 2, 3)), targets)
    told = taught(NumpyNamespace(), Problem(3, 2, targets="sequence"), batch)
    assert np.array_equal(told.inputs, [np.zeros((2, 2)), targets[0], targets[1]])


@pytest.mark.parametrize("targets", ["every", "one"])
def test_other_batches_are_read_as_they_are(targets):
    batch = Batch(TARGETS, TARGETS)
    assert taught(NumpyNamespace(), Problem(5, 5, targets=targets), batch) is batch


@pytest.mark.parametrize("begin", [-1, 5])
def test_a_sequence_of_tokens_needs_one_to_begin_with(begin):
    problem = Problem(7, 5, **WORDS, begin=begin)
    with pytest.raises(
        UsageError, match=f"one of its 5 to begin with: the problem's begin is {begin}"
    ):
        Model(Seq2Seq(), Spec(problem, LSTM(), 4))


def test_what_a_sequence_ends_with_is_one_of_its_tokens_or_nothing():
    written = Problem(4, 5, tokens=True, loss="cross-entropy", targets="sequence", begin=0)
    check_tokens(replace(written, end=4))
    check_tokens(replace(written, end=-1))
    with pytest.raises(UsageError, match="the problem's end is 5"):
        check_tokens(replace(written, end=5))
