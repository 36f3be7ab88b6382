"""`jax:fused` against flax's nnx.RNN of the same cell in a jitted step with optax."""

import jax
import jax.numpy as jnp
import optax
import pytest
from flax import nnx

from benchmarks.kernel import COUNT, RULE, setting
from benchmarks.paired import cells, compare, composed, fidelity, forms, kinds, shapes, two_shapes
from rnnbench_jax.backend import JaxBackend

CELLS = {"lstm": nnx.LSTMCell, "gru": nnx.GRUCell, "elman": nnx.SimpleCell}


def bare_loop(shape, batch, cell_type):
    _, _, inputs, hidden = shape

    class Network(nnx.Module):
        def __init__(self, rngs):
            cell = cell_type(inputs, hidden, rngs=rngs)
            self.rnn = nnx.RNN(cell, time_major=True)
            self.readout = nnx.Linear(hidden, 1, rngs=rngs)

        def __call__(self, xs):
            return self.readout(self.rnn(xs, initial_carry=carry)[-1])

    network = Network(nnx.Rngs(0))
    # Given, since drawing it inside a differentiated function would change the random state.
    carry = network.rnn.cell.initialize_carry(batch.inputs.shape[1:], nnx.Rngs(0))
    graph, params, rest = nnx.split(network, nnx.Param, ...)
    update = optax.chain(optax.clip_by_global_norm(RULE.clip), optax.adam(RULE.lr))

    def train(params, moments, batch):
        def cost(params):
            outputs = nnx.merge(graph, params, rest)(batch.inputs)
            return jnp.mean(jnp.square(outputs - batch.targets))

        loss, gradients = jax.value_and_grad(cost)(params)
        change, moments = update.update(gradients, moments, params)
        return optax.apply_updates(params, change), moments, loss

    compiled = jax.jit(train, donate_argnums=(0, 1))
    held = [params, update.init(params)]

    def step():
        held[0], held[1], loss = compiled(*held, batch)
        return loss

    return step, lambda: jax.block_until_ready(held)


@shapes
@cells
def test_train_step(benchmark, shape, cell, rounds, device):
    JaxBackend.configure(COUNT)
    program, state, batch, _ = setting(JaxBackend(device), shape, "fused", cell)
    bare, bare_wait = bare_loop(shape, batch, CELLS[cell.name])

    def wait():
        program.wait()
        bare_wait()

    compare(benchmark, lambda: program.train_step(state, batch), bare, wait, rounds)


@two_shapes
@kinds
@pytest.mark.parametrize("variant", ["fused", "cudnn"])
def test_fidelity(benchmark, shape, variant, kind, rounds, device):
    if variant == "cudnn" and device == "cpu":
        pytest.skip("cuDNN needs --device gpu:0")
    fidelity(benchmark, JaxBackend(device), shape, variant, kind, rounds)


@two_shapes
@forms
def test_composed(benchmark, shape, form, rounds):
    composed(benchmark, JaxBackend(), shape, "fused", form, rounds)
