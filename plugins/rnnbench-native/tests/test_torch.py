"""The kernel in PyTorch."""

from __future__ import annotations

import os
import signal

import numpy as np
import psutil
import pytest
import torch

from rnnbench import LSTM
from rnnbench_native import library
from rnnbench_native.calls import Tapes
from rnnbench_native.torch_recurrence import share_threads
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


def computed(count: int = 2) -> list[torch.Tensor]:
    """Return the outputs of a layer and the gradients of its weights, on so many threads."""
    library.load().rnnbench_set_threads(count)
    native = recurrence(TorchBackend(), LSTM(), 20)
    params = native.pack(LSTM().initial(np.random.default_rng(0), 3, 20))
    xs, state = torch.ones(6, 5, 3), (torch.zeros(5, 20), torch.zeros(5, 20))
    ys, _ = native.apply(params, xs, state)
    return [ys.detach(), *torch.autograd.grad(ys.sum(), list(params.values()))]


def test_computes_on_the_threads_of_pytorch() -> None:
    """It starts none where those are there, and any number of them gives the same bits."""
    torch.set_num_threads(2)
    torch.ones(600, 600) @ torch.ones(600, 600)
    library.load().rnnbench_set_threads(1)  # which ends those of its own, if there are any
    before = psutil.Process().num_threads()
    expected = computed()
    assert psutil.Process().num_threads() == before
    for count in (1, 3):
        assert all(map(torch.equal, computed(count), expected))


def test_a_forked_child_computes() -> None:
    """On threads of its own, as none of PyTorch's are there any more."""
    expected = computed()
    child = os.fork()
    if not child:
        signal.alarm(60)
        share_threads.cache_clear()
        os._exit(0 if all(map(torch.equal, computed(), expected)) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert all(map(torch.equal, computed(), expected))
