from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from rnnbench import UsageError
from rnnbench_tasks.files.examples import Examples
from rnnbench_tasks.sequences.forecasting.task import Forecasting


def test_a_batch_takes_its_examples_along() -> None:
    rng = np.random.default_rng(0)
    inputs, targets = rng.random((4, 9, 2)), rng.random((3, 9))
    lengths = np.arange(1, 10)
    batch = Examples(inputs, targets, lengths, lengths[::-1]).batch(np.array([7, 2]))
    assert np.array_equal(batch.inputs, inputs[:, [7, 2]])
    assert np.array_equal(batch.targets, targets[:, [7, 2]])
    assert batch.lengths is not None
    assert batch.target_lengths is not None
    assert (batch.lengths.tolist(), batch.target_lengths.tolist()) == ([8, 3], [2, 7])
    one = Examples(inputs, rng.random((9, 1)), one=True).batch(np.array([7, 2]))
    assert one.targets.shape == (2, 1)
    assert one.lengths is None


def test_each_example_is_read_once_before_the_next_round() -> None:
    task = Forecasting(length=2, horizon=1)
    count = task.train.count
    batches = islice(task.training(64, 0), 2 * count // 64)
    read = np.concatenate([batch.targets[:, 0] for batch in batches])
    values = np.sort(task.train.targets[:, 0])
    assert np.array_equal(np.sort(read[:count]), values)
    assert not np.array_equal(read[: count // 2], read[count : count + count // 2])


def test_a_batch_that_is_too_large() -> None:
    with pytest.raises(UsageError, match="mackey-glass holds 600 windows to score, but a batch"):
        Forecasting().check(601)
