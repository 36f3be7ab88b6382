"""Train steps of ``jax:fused`` and ``jax:scan`` against a plain loop over flax's ``nnx.RNN``.

All three live in one process and take short turns in random order; a ratio is computed within a
round, and its median over the rounds is printed with its quartiles.

    python benchmarks/against_flax.py [--rounds N] [--cell NAME] [--threads N] [T·B·I·H ...]
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from rnnbench.cells import Cell
from rnnbench.cells.gru import GRU
from rnnbench.cells.lstm import LSTM
from rnnbench.model import Batch, Model
from rnnbench.optimizer import Optimizer
from rnnbench_jax.backend import JaxBackend

SHAPES = ("100·16·128·128", "100·64·512·512", "100·64·128·256", "30·32·2·64")
CELLS: dict[str, tuple[Cell, Any]] = {
    "lstm": (LSTM(), nnx.LSTMCell),
    "lstm-optimized": (LSTM(), nnx.OptimizedLSTMCell),
    "gru": (GRU(), nnx.GRUCell),
}
OUTPUTS = 10
#: A turn lasts about this long.
TURN_SECONDS = 0.2

#: Runs a number of train steps and waits for the last.
Turn = Callable[[int], None]


def ours(variant: str, model: Model, batch: Batch) -> Turn:
    """Return the turn of a variant of the backend."""
    backend = JaxBackend()
    program = backend.program(model, model.initial(0), variant, Optimizer("adam"))
    own, state = backend.put(batch), backend.put(model.zero_state(batch.inputs.shape[1]))

    def turn(steps: int) -> None:
        for _ in range(steps):
            program.train_step(state, own)
        program.wait()

    return turn


class Net(nnx.Module):
    """Flax's recurrent layer and a read-out at every step."""

    def __init__(self, cell: Any, inputs: int, hidden: int) -> None:
        rngs = nnx.Rngs(0)
        self.rnn = nnx.RNN(cell(inputs, hidden, rngs=rngs), time_major=True)
        self.readout = nnx.Linear(hidden, OUTPUTS, rngs=rngs)

    def __call__(self, xs: jax.Array, carry: Any) -> jax.Array:
        """Map ``(T, B, I)`` to ``(T, B, O)``."""
        return self.readout(self.rnn(xs, initial_carry=carry))


def flax(cell: Any, batch: Batch, hidden: int) -> Turn:
    """Return the turn of a hand-written loop over a functional ``nnx`` model."""
    net = Net(cell, batch.inputs.shape[-1], hidden)
    carry = net.rnn.cell.initialize_carry(batch.inputs.shape[1:], nnx.Rngs(0))
    graph, params, rest = nnx.split(net, nnx.Param, ...)
    adam = optax.adam(1e-3)
    xs, targets = jnp.asarray(batch.inputs), jnp.asarray(batch.targets)

    def train(params: Any, moments: Any, carry: Any, xs: Any, targets: Any) -> Any:
        def cost(params: Any) -> Any:
            return jnp.mean(jnp.square(nnx.merge(graph, params, rest)(xs, carry) - targets))

        loss, gradients = jax.value_and_grad(cost)(params)
        change, moments = adam.update(gradients, moments, params)
        return optax.apply_updates(params, change), moments, loss

    step = jax.jit(train, donate_argnums=(0, 1))
    held = [params, jax.jit(adam.init)(params)]

    def turn(steps: int) -> None:
        for _ in range(steps):
            held[0], held[1], _ = step(*held, carry, xs, targets)
        jax.block_until_ready(held)

    return turn


def seconds(turn: Turn, steps: int) -> float:
    """Return the seconds per step of one turn, its first step left out."""
    turn(1)
    start = time.perf_counter()
    turn(steps)
    return (time.perf_counter() - start) / steps


def compare(cell: str, shape: str, rounds: int) -> None:
    """Print one line per contender."""
    own, theirs = CELLS[cell]
    steps, examples, inputs, hidden = map(int, shape.split("·"))
    rng = np.random.default_rng(0)
    batch = Batch(
        rng.standard_normal((steps, examples, inputs), np.float32),
        rng.standard_normal((steps, examples, OUTPUTS), np.float32),
    )
    model = Model(own, inputs, OUTPUTS, hidden)
    turns = {
        "fused": ours("fused", model, batch),
        "scan": ours("scan", model, batch),
        "flax": flax(theirs, batch, hidden),
    }
    length = {name: max(1, round(TURN_SECONDS / seconds(turn, 2))) for name, turn in turns.items()}
    times: dict[str, list[float]] = {name: [] for name in turns}
    for _ in range(rounds):
        for name in random.sample(list(turns), len(turns)):
            times[name].append(seconds(turns[name], length[name]))
    for name in ("scan", "flax"):
        low, middle, high = np.percentile(np.divide(times["fused"], times[name]), [25, 50, 75])
        base = np.median(times[name]) * 1e3
        print(
            f"{cell} {shape}: fused / {name} = {middle:.2f} [{low:.2f}, {high:.2f}],"
            f" {name} {base:.2f} ms",
            flush=True,
        )


def main() -> None:
    """Compare all shapes asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shapes", nargs="*", default=SHAPES)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--cell", choices=list(CELLS), default="lstm")
    parser.add_argument("--threads", type=int, default=2)
    choice = parser.parse_args()
    JaxBackend.configure(choice.threads)
    for shape in choice.shapes:
        compare(choice.cell, shape, choice.rounds)


if __name__ == "__main__":
    main()
