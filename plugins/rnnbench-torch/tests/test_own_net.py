"""A user's module: its parameters, modes and buffers."""

import numpy as np
import pytest
import torch
from torch import nn

from rnnbench import OwnNetError, Problem
from rnnbench_torch.backend import TorchBackend

PROBLEM = Problem(inputs=2, outputs=1, targets="one")


class Net(nn.Module):
    def __init__(self, problem):
        super().__init__()
        self.rnn = nn.GRU(problem.inputs, 3)
        self.norm = nn.BatchNorm1d(3)
        self.readout = nn.Linear(3, problem.outputs)

    def forward(self, xs):
        return self.readout(self.norm(self.rnn(xs)[0][-1]))


def test_a_module_is_set_in_place_and_its_buffers_begin_anew():
    net = TorchBackend().own_net(Net, PROBLEM)
    drawn = net.initial(3)
    assert all(np.array_equal(drawn[name], again) for name, again in net.initial(3).items())
    assert not np.array_equal(drawn["rnn.weight_ih_l0"], net.initial(4)["rnn.weight_ih_l0"])
    module = net.pack(drawn)
    xs = torch.ones(4, 5, 2)
    first = net.apply(module, xs)
    assert module.training
    assert module.norm.num_batches_tracked == 1
    with torch.no_grad():
        net.apply(module, xs)
    assert not module.training
    assert module.norm.num_batches_tracked == 1
    again = net.pack(drawn)
    assert again is module
    assert module.norm.num_batches_tracked == 0
    assert torch.equal(net.apply(module, xs), first)


@pytest.mark.parametrize(
    ("factory", "said"),
    [
        (lambda problem: (len, len), "it makes a pair of functions, and torch takes a torch.nn"),
        (lambda problem: nn.ReLU(), "no parameters"),
        (lambda problem: nn.Linear(2, 1, dtype=torch.complex64), "it holds complex numbers"),
    ],
)
def test_what_is_no_module_is_refused(factory, said):
    with pytest.raises(OwnNetError, match=said):
        TorchBackend().own_net(factory, PROBLEM)


def test_a_module_that_is_returned_again_is_refused():
    module = Net(PROBLEM)
    net = TorchBackend().own_net(lambda problem: module, PROBLEM)
    with pytest.raises(OwnNetError, match="made before"):
        net.initial(0)


class Lazy(nn.Module):
    def __init__(self, problem):
        super().__init__()
        self.embedding = nn.Embedding(problem.inputs, 3)
        self.readout = nn.LazyLinear(problem.outputs)

    def forward(self, words, lengths):
        return self.readout(self.embedding(words)) * (lengths > 0)[:, None]


def test_a_module_that_is_made_by_its_first_call_is_called():
    words = Problem(inputs=7, outputs=4, tokens=True, lengths=True, loss="cross-entropy")
    net = TorchBackend("cpu", "float64").own_net(Lazy, words)
    assert {name: one.shape for name, one in net.initial(3).items()} == {
        "embedding.weight": (7, 3),
        "readout.weight": (4, 3),
        "readout.bias": (4,),
    }


def test_the_threads_are_those_of_the_run():
    before = torch.get_num_threads()

    def sets(problem):
        torch.set_num_threads(before + 1)
        return Net(problem)

    TorchBackend().own_net(sets, PROBLEM)
    assert torch.get_num_threads() == before
