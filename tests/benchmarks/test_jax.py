"""`jax:fused` against flax's nnx.RNN(LSTMCell) in a jitted step with optax."""

import jax
import jax.numpy as jnp
import optax
from flax import nnx

from benchmarks.kernel import COUNT, RULE, setting
from benchmarks.paired import compare, fidelity, shapes, two_shapes
from rnnbench_jax.backend import JaxBackend


def bare_loop(shape, batch):
    _, _, inputs, hidden = shape

    class Network(nnx.Module):
        def __init__(self, rngs):
            cell = nnx.LSTMCell(inputs, hidden, rngs=rngs)
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
def test_train_step(benchmark, shape, rounds):
    JaxBackend.configure(COUNT)
    program, state, batch = setting(JaxBackend(), shape, "fused")
    bare, bare_wait = bare_loop(shape, batch)

    def wait():
        program.wait()
        bare_wait()

    compare(benchmark, lambda: program.train_step(state, batch), bare, wait, rounds)


@two_shapes
def test_fidelity(benchmark, shape, rounds):
    fidelity(benchmark, JaxBackend(), shape, "fused", rounds)
