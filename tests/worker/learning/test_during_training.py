"""Scores on the way of a training: when, on what, and that nothing else becomes of it."""

import numpy as np
import pytest
from adding import Independent, Streaming, make

from rnnbench import Batch
from rnnbench.worker.learning.during_training import BATCHES, OnTheWay, some
from rnnbench.worker.learning.training import train


def followed(task, steps, every):
    row = make(task, steps)
    on_the_way = OnTheWay(row, every)
    return train(row, 0, print, None, on_the_way), on_the_way


def test_a_training_is_scored_each_so_many_steps_but_for_the_last():
    curve, on_the_way = followed(Independent(), 9, 3)
    assert on_the_way.scores == [(3, pytest.approx(8 / 6)), (6, pytest.approx(8 / 6))]
    assert 0 < on_the_way.seconds < 9
    assert curve == train(make(Independent(), 9), 0, print)


def test_it_is_not_scored_where_nobody_asks_for_it():
    assert followed(Independent(), 9, 0)[1].scores == []


def test_the_state_of_the_training_is_not_that_of_the_scores():
    curve, on_the_way = followed(Streaming(), 4, 2)
    assert on_the_way.scores == [(2, pytest.approx((0 * 1 + 101 * 2 + 202 * 3) / 6))]
    assert curve == train(make(Streaming(), 4), 0, print)


def test_a_score_that_is_no_number_is_left_out():
    class Beyond(Independent):
        def measure(self, outputs, batch):
            return np.inf, 1.0

    assert followed(Beyond(), 4, 2)[1].scores == []


@pytest.mark.parametrize("count", [1, 3, 8, 9, 16, 17, 100])
def test_few_batches_are_taken_from_all_over_the_data(count):
    found = [one.inputs for one in some((Batch(k, None) for k in range(count)), continued=False)]
    assert found[0] == 0
    assert min(count, BATCHES / 2) <= len(found) <= BATCHES
    assert len(set(np.diff(found))) <= 1
    assert count - found[-1] <= np.max(np.diff([*found, count]))


def test_of_batches_that_go_on_from_one_another_the_first_are_taken():
    drawn = (Batch(k, None) for k in range(10**9))
    assert [one.inputs for one in some(drawn, continued=True)] == list(range(BATCHES))
