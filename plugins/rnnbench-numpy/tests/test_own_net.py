"""A user's pair of functions over ``autograd.numpy``."""

import autograd.numpy as anp
import numpy as np
import pytest

from rnnbench import OwnNetError, Problem
from rnnbench_numpy.backend import NumpyBackend

PROBLEM = Problem(inputs=2, outputs=1, targets="one")


def pure(problem):
    def init(rng):
        return {"w": rng.standard_normal((problem.inputs, problem.outputs))}

    def apply(params, xs):
        return anp.tanh(xs[-1] @ params["w"])

    return init, apply


def test_a_pair_of_functions_is_drawn_by_a_seed_and_called():
    net = NumpyBackend().own_net(pure, PROBLEM)
    drawn = net.initial(3)
    assert np.array_equal(drawn["w"], net.initial(3)["w"])
    assert not np.array_equal(drawn["w"], net.initial(4)["w"])
    outputs = net.apply(net.pack(drawn), np.ones((4, 5, 2), np.float32))
    assert outputs.shape == (5, 1)
    assert outputs.dtype == np.float32


@pytest.mark.parametrize(
    ("factory", "said"),
    [
        (lambda problem: 3, "it makes an int, and numpy takes a pair of pure functions"),
        (lambda problem: (lambda rng: [], len), "returns a list, not a dict of arrays"),
        (lambda problem: (lambda rng: {}, len), "returns an empty dict: there is nothing to train"),
    ],
)
def test_what_is_no_pair_is_refused(factory, said):
    with pytest.raises(OwnNetError, match=said):
        NumpyBackend().own_net(factory, PROBLEM).initial(0)
