"""A user's net: pure functions, and modules of Equinox and Flax."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from rnnbench import OwnNetError, Problem
from rnnbench_jax.backend import JaxBackend

PROBLEM = Problem(inputs=2, outputs=1, targets="one")


def pure(problem):
    def init(rng):
        return {"w": {"o": jax.random.normal(rng, (problem.inputs, problem.outputs))}}

    def apply(params, xs):
        return xs[-1] @ params["w"]["o"]

    return init, apply


def equinox_net():
    eqx = pytest.importorskip("equinox")

    class Net(eqx.Module):
        readout: eqx.nn.Linear

        def __init__(self, problem, key):
            self.readout = eqx.nn.Linear(problem.inputs, problem.outputs, key=key)

        def __call__(self, xs):
            return jax.vmap(self.readout)(xs[-1])

    return Net


def flax_net():
    nnx = pytest.importorskip("flax.nnx")

    class Net(nnx.Module):
        def __init__(self, problem, rngs):
            self.readout = nnx.Linear(problem.inputs, problem.outputs, rngs=rngs)

        def __call__(self, xs):
            return self.readout(xs[-1])

    return Net


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("factory", [lambda: pure, equinox_net, flax_net])
def test_a_net_is_a_pure_function_of_what_is_trained(factory, dtype):
    backend = JaxBackend("cpu", dtype)
    net = backend.own_net(factory(), PROBLEM)
    drawn = net.initial(3)
    assert all(np.array_equal(drawn[name], again) for name, again in net.initial(3).items())
    assert any(not np.array_equal(drawn[name], other) for name, other in net.initial(4).items())
    xs = backend.put(np.ones((4, 5, 2)))

    @jax.jit
    def total(params):
        return jnp.sum(net.apply(params, xs))

    with backend.scope():
        outputs = net.apply(net.pack(drawn), xs)
        slopes = jax.grad(total)(net.pack(drawn))
    assert outputs.shape == (5, 1)
    assert outputs.dtype == dtype
    assert slopes.keys() == drawn.keys()
    assert all(jnp.any(slope) for slope in slopes.values())


def test_a_flax_net_may_count_what_it_draws_and_drops_nothing():
    nnx = pytest.importorskip("flax.nnx")

    class Net(nnx.Module):
        def __init__(self, problem, rngs):
            self.rnn = nnx.RNN(nnx.GRUCell(problem.inputs, 3, rngs=rngs), time_major=True)
            self.dropout = nnx.Dropout(0.5, rngs=rngs)

        def __call__(self, xs):
            return self.dropout(self.rnn(xs))[-1]

    backend = JaxBackend("cpu", "float32")
    net = backend.own_net(Net, PROBLEM)
    xs = backend.put(np.ones((4, 5, 2)))
    outputs = jax.jit(net.apply)(net.pack(net.initial(3)), xs)
    assert jnp.all(outputs)
    assert jnp.allclose(outputs, outputs[0])


@pytest.mark.parametrize(
    ("factory", "said"),
    [
        (lambda problem: 3, r"it makes an int, and jax takes a pair of pure functions"),
        (lambda problem: (lambda rng: {}, len), "no parameters"),
        (lambda problem: (lambda rng: {"n": np.arange(3)}, len), "parameter n is of int32, not"),
    ],
)
def test_what_is_no_net_is_refused(factory, said):
    with pytest.raises(OwnNetError, match=said):
        JaxBackend().own_net(factory, PROBLEM)
