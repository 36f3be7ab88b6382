from __future__ import annotations

import math
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnbench_tasks.synthetic.copy_memory import BLANK, MARKER, CopyMemory

layouts = st.sampled_from(["single", "repeated"])


@given(delay=st.integers(1, 40), layout=layouts, batch=st.integers(1, 9), seed=st.integers(0, 99))
def test_layout(delay: int, layout: Any, batch: int, seed: int) -> None:
    inputs, targets, *_ = next(CopyMemory(delay, layout).training(batch, seed))
    symbols = inputs[:10]
    assert inputs.shape == targets.shape == (delay + 20, batch)
    assert ((symbols >= 1) & (symbols <= 8)).all()
    assert (inputs[10 : delay + 9] == BLANK).all()
    assert (inputs[delay + 9] == MARKER).all()
    assert (inputs[delay + 10 :] == (BLANK if layout == "single" else MARKER)).all()
    assert (targets[: delay + 10] == BLANK).all()
    assert (targets[delay + 10 :] == symbols).all()


def test_layouts_differ_in_the_input_alone() -> None:
    single = next(CopyMemory(5).training(4, 0))
    repeated = next(CopyMemory(5, "repeated").training(4, 0))
    assert np.array_equal(single.targets, repeated.targets)
    assert np.array_equal(single.inputs[:-10], repeated.inputs[:-10])


def test_symbols_are_uniform() -> None:
    inputs = next(CopyMemory().training(8000, 0)).inputs
    shares = np.bincount(inputs[:10].ravel(), minlength=9)[1:] / 80_000
    assert np.abs(shares - 1 / 8).max() < 5 * math.sqrt(1 / 8 * 7 / 8 / 80_000)


def test_score_counts_the_recall_steps_alone() -> None:
    task = CopyMemory(3)
    batch = next(task.training(2, 0))
    outputs = np.eye(9)[batch.targets]
    assert task.measure(outputs, batch) == (20, 20)
    wrong_before = outputs.copy()
    wrong_before[:-10] = np.eye(9)[7]
    assert task.measure(wrong_before, batch) == (20, 20)
    blanks = np.zeros_like(outputs)
    blanks[..., BLANK] = 1
    assert task.measure(blanks, batch) == (0, 20)
    one_wrong = outputs.copy()
    one_wrong[-1, 0] = np.eye(9)[BLANK]
    assert task.measure(one_wrong, batch) == (19, 20)


@pytest.mark.parametrize("batch", [1, 32, 100, 5000])
def test_score_has_a_fine_resolution(batch: int) -> None:
    recalled = sum(10 * b.targets.shape[1] for b in CopyMemory(1).testing(batch))
    assert recalled >= 10_240


def test_naive_loss() -> None:
    assert CopyMemory(1000).naive_loss == pytest.approx(10 * math.log(8) / 1020)
    assert CopyMemory(1000).naive_score == 0.125


@pytest.mark.parametrize(
    "options", [{"delay": 0}, {"delay": -1}, {"delay": 2.5}, {"layout": "both"}]
)
def test_bad_options(options: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(options, CopyMemory)
