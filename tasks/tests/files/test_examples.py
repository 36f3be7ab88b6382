from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from rnnbench import Batch, UsageError
from rnnbench_tasks.files.examples import Examples, FromExamples
from rnnbench_tasks.sequences.forecasting.task import Forecasting
from rnnbench_tasks.sequences.music.task import Music
from rnnbench_tasks.text.sentiment.task import Sentiment
from rnnbench_tasks.text.tagging.task import Tagging
from rnnbench_tasks.text.translation.task import Translation


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


def told(batch: Batch) -> list[bytes]:
    """Each example of a batch, as bytes."""
    inputs = np.ascontiguousarray(np.moveaxis(batch.inputs, 1, 0))
    return [one.tobytes() for one in inputs]


@pytest.mark.parametrize("kind", [Forecasting, Music, Sentiment, Tagging, Translation])
def test_validation_is_set_aside_of_what_is_trained_on(kind: type[FromExamples]) -> None:
    task = kind(validation_split=0.2)
    count = task.train.count
    aside = round(0.2 * count)
    held_out = [one for batch in task.validation(1) or () for one in told(batch)]
    trained = [one for batch in islice(task.training(1, 3), count - aside) for one in told(batch)]
    assert len(held_out) == aside
    assert sorted(trained + held_out) == sorted(told(task.train.batch(np.arange(count))))
    assert f"trained on {count - aside} {task.noun}, validated on {aside}, scored on" in task.split


def test_of_what_follows_in_time_the_end_is_set_aside() -> None:
    task = Forecasting(validation_split=0.25)
    held_out = np.concatenate([batch.targets for batch in task.validation(1) or ()])
    assert np.array_equal(held_out, task.train.targets[-len(held_out) :])


def test_a_part_for_validation_is_taken_where_another_is_scored() -> None:
    tested, usual = Music(part="test", validation_split=0.1), Music()
    assert usual.validation(8) is None
    assert Music(part="test").validation(8) is None
    pairs = zip(tested.validation(8) or (), usual.testing(8), strict=True)
    assert all(np.array_equal(one.inputs, other.inputs) for one, other in pairs)
    assert f"trained on {usual.train.count} stretches of pieces, validated on" in tested.split


def test_too_little_is_set_aside_for_a_batch() -> None:
    with pytest.raises(UsageError, match="holds 24 windows to validate on, but a batch takes 25"):
        Forecasting(validation_split=0.01).check(25)
