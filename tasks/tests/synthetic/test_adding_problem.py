from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnbench import Batch
from rnnbench_tasks.synthetic.adding_problem import AddingProblem

marks = st.sampled_from(["halves", "anywhere"])


@given(length=st.integers(2, 40), where=marks, batch=st.integers(1, 9), seed=st.integers(0, 99))
def test_examples(length: int, where: Any, batch: int, seed: int) -> None:
    inputs, targets, *_ = next(AddingProblem(length, where).training(batch, seed))
    values, mark = inputs[..., 0], inputs[..., 1]
    assert inputs.shape == (length, batch, 2)
    assert targets.shape == (batch, 1)
    assert ((values >= 0) & (values < 1)).all()
    assert np.isin(mark, (0, 1)).all()
    assert (mark.sum(axis=0) == 2).all()
    assert np.allclose((values * mark).sum(axis=0), targets[:, 0])
    if where == "halves":
        assert (mark[: length // 2].sum(axis=0) == 1).all()


def test_marks_anywhere_are_uniform_over_pairs() -> None:
    inputs = next(AddingProblem(5, "anywhere").training(20_000, 0)).inputs
    mark = inputs[..., 1].astype(int)
    pairs = np.bincount((mark * (1 << np.arange(5))[:, None]).sum(axis=0), minlength=32)
    seen = pairs[pairs > 0] / 20_000
    assert len(seen) == 10
    assert np.abs(seen - 0.1).max() < 5 * np.sqrt(0.1 * 0.9 / 20_000)


def test_marks_in_halves_are_uniform() -> None:
    inputs = next(AddingProblem(5).training(20_000, 0)).inputs
    shares = inputs[..., 1].mean(axis=1)
    assert np.abs(shares - [1 / 2, 1 / 2, 1 / 3, 1 / 3, 1 / 3]).max() < 0.02


def test_score_is_the_mean_squared_error() -> None:
    outputs, targets = np.array([[1.0], [2.0]]), np.array([[1.5], [1.0]])
    assert AddingProblem().measure(outputs, Batch(None, targets)) == (1.25, 2)


@pytest.mark.parametrize(
    "options", [{"length": 1}, {"length": 0}, {"length": "long"}, {"marks": "thirds"}]
)
def test_bad_options(options: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(options, AddingProblem)
