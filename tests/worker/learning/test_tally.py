"""What is measured of held-out batches, in all and by group."""

from types import SimpleNamespace

import numpy as np
import pytest

from rnnbench import Batch, Problem
from rnnbench.worker.learning.tally import Tally


def tally(targets, grouped_by="length"):
    """Return the tally of two batches of two examples, each with a group, an output and a size."""
    found = Tally(
        SimpleNamespace(
            problem=Problem(inputs=1, outputs=1, targets=targets),
            grouped_by=grouped_by,
            groups=lambda batch: batch.lengths,
            measure=lambda outputs, batch: (float(outputs.sum()), float(batch.targets.sum())),
            score=lambda total, count: 10 * total / count,
        )
    )
    for lengths, outputs, sizes in ([(40, 7), (1, 2), (1, 4)], [(40, 40), (4, 5), (1, 2)]):
        told = (np.array(outputs), np.array(sizes))
        if targets == "every":
            told = tuple(array[None] for array in told)
        found.add(told[0], Batch(np.zeros((3, 2, 1)), told[1], np.array(lengths)))
    return found


@pytest.mark.parametrize("targets", ["one", "every"])
def test_each_group_has_a_score_of_its_own(targets):
    assert tally(targets).score() == 10 * 12 / 8
    assert tally(targets).groups() == [(7, 10 * 2 / 4), (40, 10 * 10 / 4)]


def test_several_sums_make_one_score_of_all_batches():
    measured = iter([(np.array([1.0, 3.0]), 1.0), (np.array([2.0, 1.0]), 1.0)])
    task = SimpleNamespace(
        grouped_by="",
        measure=lambda *_: next(measured),
        score=lambda total, count: float(total[0] / total[1]),
    )
    found = Tally(task)
    for _ in range(2):
        found.add(np.zeros(1), Batch(np.zeros(1), None))
    assert found.score() == 3 / 4


def test_a_task_that_tells_nothing_apart_has_no_groups():
    assert tally("one", grouped_by="").groups() == []
