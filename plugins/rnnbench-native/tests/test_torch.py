"""The kernel in PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from rnnbench import LSTM
from rnnbench_native.calls import Tapes
from rnnbench_torch.backend import TorchBackend

from .conftest import CELLS, apart, error, recurrence


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_agrees_with_the_loop(cell: str, masked: bool) -> None:
    assert apart(TorchBackend("cpu", "float64"), CELLS[cell], (5, 3, 7), masked) < 1e-13


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_trains_as_the_oracle_does(cell: str) -> None:
    more = {"lengths": True, "bidirectional": "concat"} if cell == "lstm" else {}
    assert error(TorchBackend(), CELLS[cell], 9, **more) < 1


def test_keeps_nothing_without_a_gradient_and_goes_back_once() -> None:
    native = recurrence(TorchBackend(), LSTM(), 4)
    native.tapes = Tapes()
    params = native.pack(LSTM().initial(np.random.default_rng(0), 3, 4))
    xs, state = torch.zeros(3, 2, 3), (torch.zeros(2, 4), torch.zeros(2, 4))
    with torch.no_grad():
        native.apply(params, xs, state)
    assert not native.tapes._free
    ys, _ = native.apply(params, xs, state)
    assert native.tapes._free
    ys.sum().backward(retain_graph=True)
    with pytest.raises(RuntimeError, match="once only"):
        ys.sum().backward()
