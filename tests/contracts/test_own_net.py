"""A net of one's own as a network: how it is given its inputs, and what is said of its outputs."""

import numpy as np
import pytest

from rnnbench import NumpyNamespace, Ops, OwnKernel, OwnNetError, Problem
from rnnbench.conformance import own_model, small_input
from rnnbench.contracts.own_net import NET, check_anew, example_inputs, unfit_net


class Products(OwnKernel):
    """One product, of the last step alone where that is what is wanted."""

    kernel = "a product"

    def __init__(self, problem, batch_first, steps=slice(None)):
        self.problem, self.batch_first, self.steps = problem, batch_first, steps

    def initial(self, seed):
        return {"w": np.random.default_rng(seed).normal(size=(2, self.problem.outputs))}

    def pack(self, params):
        return params

    def apply(self, params, *arrays, **options):
        (xs,) = arrays
        return (xs[:, self.steps] if self.batch_first else xs[self.steps]) @ params["w"]


def outputs(kernel):
    model = own_model(kernel, kernel.problem)
    state, batch = small_input(model, 0)
    params = model.initial(0)
    ops = Ops(NumpyNamespace(), {NET: kernel})
    return model.apply(ops, params, state, batch)[0], batch.inputs @ params[NET]["w"]


@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize(("targets", "steps"), [("every", slice(None)), ("one", -1)])
def test_the_axis_of_examples_comes_where_the_net_wants_it(batch_first, targets, steps):
    kernel = Products(Problem(2, 3, targets=targets), batch_first, steps)
    found, every = outputs(kernel)
    np.testing.assert_array_equal(found, every[steps])


@pytest.mark.parametrize(
    ("batch_first", "said"),
    [
        (False, r"of inputs \(5, 3, 2\) it returns the shape \(5, 3, 1\), wanted \(3, 1\)"),
        (True, r"of inputs \(3, 5, 2\) it returns the shape \(3, 5, 1\), wanted \(3, 1\)"),
    ],
)
def test_shapes_are_told_as_the_net_has_seen_them(batch_first, said):
    with pytest.raises(OwnNetError, match=said):
        outputs(Products(Problem(2, 1, targets="one"), batch_first))


def test_parameters_that_were_made_before_are_refused():
    one, other = np.zeros(1), np.zeros(1)
    check_anew([one], [other])
    with pytest.raises(OwnNetError, match="made before"):
        check_anew([one, other], [other])


def test_what_is_no_net_is_told_with_what_it_holds():
    assert str(unfit_net((3, {}), "fake", "a pair")) == (
        "it makes a tuple of int, dict, and fake takes a pair"
    )
    assert str(unfit_net(3, "fake", "a pair")) == "it makes an int, and fake takes a pair"
    assert str(unfit_net((), "fake", "a pair")) == "it makes a tuple, and fake takes a pair"
    assert str(unfit_net((len, len), "fake", "a net")).startswith("it makes a pair of functions, ")


def test_an_example_has_the_axes_and_the_lengths_that_a_net_is_given():
    numbers = Problem(inputs=2, outputs=1)
    tokens = Problem(inputs=7, outputs=4, tokens=True, lengths=True, loss="cross-entropy")
    assert [one.shape for one in example_inputs(numbers)] == [(5, 3, 2)]
    words, lengths = example_inputs(tokens, batch_first=True)
    assert (words.shape, words.dtype.kind, lengths.tolist()) == ((3, 5), "i", [5, 5, 5])
