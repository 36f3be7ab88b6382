"""The kernel in PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from rnnbench import LSTM
from rnnbench_native.calls import Tapes
from rnnbench_torch.backend import TorchBackend

from .conftest import InAFramework, recurrence


class TestKernel(InAFramework):
    backend = TorchBackend


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
