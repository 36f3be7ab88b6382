import numpy as np
import pytest

from rnnbench.conformance.tasks.naive import marginals
from rnnbench.contracts.task import Problem
from rnnbench.models.arrays.trees import Batch


def test_means_of_numbers_at_the_last_step():
    problem = Problem(inputs=1, outputs=2, targets="one")
    targets = np.array([[1.0, 5.0], [3.0, 5.0]])
    (only,) = marginals(problem, targets)
    outputs = only(Batch(np.zeros((4, 3, 1)), np.zeros((3, 2))))
    np.testing.assert_array_equal(outputs, [[2.0, 5.0]] * 3)


def test_frequencies_of_classes_overall_and_at_each_step():
    problem = Problem(inputs=3, outputs=3, tokens=True, targets="every", loss="cross-entropy")
    targets = np.repeat([[0], [2]], 10_000, axis=1)
    pooled, each = marginals(problem, targets)
    batch = Batch(np.zeros((2, 4), int), np.zeros((2, 4), int))
    assert pooled(batch).shape == each(batch).shape == (2, 4, 3)
    assert np.exp(pooled(batch)[0, 0]) == pytest.approx([0.5, 0, 0.5], abs=1e-3)
    assert np.exp(each(batch)[1, 0]) == pytest.approx([0, 0, 1], abs=1e-3)
    assert pooled.regret < each.regret < 0.01
