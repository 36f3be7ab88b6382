"""Tasks that ask for what was read: temporal order, selective copying, associative recall."""

from __future__ import annotations

import numpy as np
import pytest

from rnnbench import UsageError
from rnnbench_tasks.synthetic.associative_recall import AssociativeRecall
from rnnbench_tasks.synthetic.selective_copy import SelectiveCopy
from rnnbench_tasks.synthetic.temporal_order import TemporalOrder


@pytest.mark.parametrize("symbols", [2, 3])
def test_orders(symbols: int) -> None:
    batch = next(TemporalOrder(100, symbols).training(500, 0))  # type: ignore[arg-type]
    for sequence, order in zip(batch.inputs.T, batch.targets, strict=True):
        (places,) = np.nonzero(sequence >= 6)
        assert sequence[0] == 0
        assert sequence[-1] == 1
        assert len(places) == symbols
        assert order == int("".join(str(symbol - 6) for symbol in sequence[places]), 2)
        limits = [(10, 20), (50, 60)] if symbols == 2 else [(10, 20), (33, 43), (66, 76)]
        assert all(low <= k <= high for k, (low, high) in zip(places, limits, strict=True))
    assert np.bincount(batch.targets).min() > 500 / 2**symbols / 2


def test_symbols_among_noise_are_recalled_in_order() -> None:
    batch = next(SelectiveCopy(length=9, symbols=3, alphabet=5).training(50, 0))
    for read, wanted in zip(batch.inputs.T, batch.targets.T, strict=True):
        assert read[:9][read[:9] > 0].tolist() == wanted[9:].tolist()
        assert (read[9:] == 6).all()
        assert (wanted[:9] == 0).all()


def test_places_of_symbols_are_uniform() -> None:
    batch = next(SelectiveCopy(length=6, symbols=2).training(30_000, 0))
    shares = (batch.inputs[:6] > 0).mean(axis=1)
    assert np.abs(shares - 1 / 3).max() < 0.02


def test_keys_are_asked_for_once() -> None:
    task = AssociativeRecall(pairs=3, queries=6, keys=5, values=4)
    batch = next(task.training(50, 0))
    for read, wanted in zip(batch.inputs.T, batch.targets.T, strict=True):
        held = dict(zip(read[0:6:2].tolist(), (read[1:6:2] - 5).tolist(), strict=True))
        assert len(held) == 3
        (asked,) = np.nonzero(read[6:])
        assert sorted(read[6:][asked]) == sorted(held)
        assert [held[key] for key in read[6:][asked].tolist()] == wanted[6:][asked].tolist()
        assert np.count_nonzero(wanted) == 3


@pytest.mark.parametrize(
    ("task", "said"),
    [
        (AssociativeRecall(pairs=5), "5 pairs need as many keys, and there are 4"),
        (AssociativeRecall(pairs=5, keys=9), "5 pairs need as many queries"),
        (SelectiveCopy(length=3, symbols=4), "4 symbols find no place in 3 steps"),
    ],
)
def test_what_finds_no_place(task: AssociativeRecall | SelectiveCopy, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        task.check(1)
