"""The gradients that the oracle has in place of autograd's own."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from autograd.core import make_vjp

from rnnbench.oracle import differentiable_numpy  # noqa: F401  puts them in place
from rnnbench.oracle.gradients import parameter, stack

X = np.random.default_rng(0).standard_normal((3, 4))
W = np.random.default_rng(1).standard_normal((2, 4, 4))
V = np.arange(4.0)

FUNCTIONS = {
    "broadcast operators": lambda x: x * V + 2.0 * x[0] - (1.0 - x) * x[:, :1],
    "a stack of matrices": lambda x: x @ W,
    "a matrix for a stack": lambda x: W @ x.T,
    "vectors": lambda x: (x @ V) * ((V[:3] @ x) @ V),
    "an entry": lambda x: x[1, 2] * x,
    "slices and new axes": lambda x: x[::2, None, 1:] + x[:2, 1:],
    "an entry twice": lambda x: x[np.array([0, 0, 2])],
    "a mask": lambda x: x[X > 0],
    "tanh": anp.tanh,
    "a stack of itself": lambda x: stack(-1, x, 2 * x, x),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_gradient_is_that_of_differences(name):
    def cost(x):
        return anp.sum(anp.sin(FUNCTIONS[name](x)))

    step = 1e-6 * np.eye(X.size).reshape(-1, *X.shape)
    differences = np.array([(cost(X + d) - cost(X - d)) / 2e-6 for d in step]).reshape(X.shape)
    assert autograd.grad(cost)(X) == pytest.approx(differences, abs=1e-7)


def test_they_can_be_differentiated_once_more():
    def slope(x):
        return anp.sum(
            autograd.grad(lambda y: anp.sum(anp.tanh(y @ W)[0, 1:] * y[1:] - y[0]))(x) ** 2
        )

    step = 1e-6 * np.eye(X.size).reshape(-1, *X.shape)
    differences = np.array([(slope(X + d) - slope(X - d)) / 2e-6 for d in step]).reshape(X.shape)
    assert autograd.grad(slope)(X) == pytest.approx(differences, abs=1e-5)


def test_a_parameter_tells_its_gradient_once_all_of_it_is_there():
    found = []
    vjp, value = make_vjp(lambda origin: twice(parameter(origin, X, found.append)), 0.0)
    assert value == pytest.approx(3 * X.sum())
    assert vjp(1.0) == 0.0
    (gradient,) = found
    assert np.array_equal(gradient, np.full(X.shape, 3.0))


def twice(x):
    return anp.sum(x) + 2 * anp.sum(x)
