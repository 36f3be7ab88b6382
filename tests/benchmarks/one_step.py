"""Is inference, one step at batch 1, as fast as the framework's own cell?

    python tests/benchmarks/one_step.py [ROW …] [--sizes 128-128 128-256 512-512] [--rounds 20]

For each row, in a process of its own: one step of an LSTM with a read-out, its input and its
output in NumPy, the state staying with the framework, as `rnnbench stream` takes it; in turn with
a loop over what the framework brings for one step, with the same read-out, written as its users
write it: a function of NumPy, `torch.nn.LSTMCell`, `flax.linen.OptimizedLSTMCell` under `jit`,
`keras.layers.LSTMCell` in a `tf.function`. Printed is the time of the framework's over ours, the
median of all rounds: 1 and more is the goal; then the microseconds of ours.
"""

from __future__ import annotations

import kernel  # first: it sets the process up  # isort: skip

import argparse
import time

import forms
import numpy as np

from rnnbench.contracts.inference.streaming import Stream, streamed
from rnnbench.models.cells.gated.lstm import LSTM
from rnnbench.models.model import Model
from rnnbench.models.network import Spec
from rnnbench.models.networks.stack import Stack
from rnnbench.models.problem import Problem

ROWS = forms.ROWS
STEPS = 100


def main():
    """Measure one row here, several each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("rows", nargs="*", default=ROWS)
    parser.add_argument("--sizes", nargs="+", default=["128-128", "128-256", "512-512"])
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    if len(options.rows) == 1:
        for size in options.sizes:
            show(options.rows[0], size, options.rounds)
        return
    print("| row | inputs-units | framework's own over ours, of CPU | of wall time | ours, µs |")
    print("|---|---|--:|--:|--:|", flush=True)
    forms.each_alone(options.rows, ["--sizes", *options.sizes, "--rounds", str(options.rounds)])


def show(row, size, rounds):
    """Print the line of one size."""
    inputs, hidden = map(int, size.split("-"))
    backend, variant = forms.made_backend(row)
    ours, theirs = stream(backend, variant, inputs, hidden), OWN[backend.info.name](inputs, hidden)
    xs = np.random.default_rng(0).standard_normal((STEPS, 1, 1, inputs)).astype(np.float32)
    timed(ours, xs), timed(theirs, xs)
    samples = []
    rng = np.random.default_rng(0)
    for _ in range(rounds):
        found = {run: timed(run, xs) for run in (ours, theirs)[:: rng.choice([1, -1])]}
        samples.append((*found[ours], *found[theirs]))
    cpu, wall, own_cpu, own_wall = np.array(samples).T
    print(
        f"| `{row}` | {size} | {np.median(own_cpu / cpu):.2f} | {np.median(own_wall / wall):.2f} "
        f"| {np.median(wall) / STEPS * 1e6:.0f} |",
        flush=True,
    )


def timed(run, xs):
    """Return the seconds of CPU and of wall time of all steps."""
    cpu, begun = time.process_time(), time.perf_counter()
    for x in xs:
        run(x)
    return time.process_time() - cpu, time.perf_counter() - begun


def stream(backend, variant, inputs, hidden):
    """Return a step of a row."""
    model = streamed(Model(Stack(), Spec(Problem(inputs, 1, targets="every"), LSTM(), hidden)))
    program = backend.program(model, model.initial(0), variant, kernel.RULE)
    return Stream(backend, program, model.zero_state(1)).step


def numpy_cell(inputs, hidden):
    """Return a step as one writes it in NumPy."""
    w_x, w_h, out = drawn(inputs, 4 * hidden), drawn(hidden, 4 * hidden), drawn(hidden, 1)
    b, c_b = drawn(4 * hidden), drawn(1)
    state = [np.zeros((1, hidden), np.float32)] * 2

    def sigmoid(a):
        return 1 / (1 + np.exp(-a))

    def step(x):
        h, c = state
        i, f, g, o = np.split(x[0] @ w_x + h @ w_h + b, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        state[:] = h, c
        return h @ out + c_b

    return step


def torch_cell(inputs, hidden):
    """Return a step of ``torch.nn.LSTMCell``."""
    import torch

    cell, out = torch.nn.LSTMCell(inputs, hidden), torch.nn.Linear(hidden, 1)
    state = [(torch.zeros(1, hidden), torch.zeros(1, hidden))]

    @torch.inference_mode()
    def step(x):
        state[0] = cell(torch.from_numpy(x[0]), state[0])
        return out(state[0][0]).numpy()

    return step


def jax_cell(inputs, hidden):
    """Return a compiled step of Flax's cell."""
    import jax
    from flax import linen

    cell, out = linen.OptimizedLSTMCell(hidden), linen.Dense(1)
    zeros = np.zeros((1, hidden), np.float32)
    params = cell.init(jax.random.key(0), (zeros, zeros), np.zeros((1, inputs), np.float32))
    read = out.init(jax.random.key(1), zeros)
    state = [(zeros, zeros)]

    @jax.jit
    def compiled(params, read, carry, x):
        carry, h = cell.apply(params, carry, x)
        return carry, out.apply(read, h)

    def step(x):
        state[0], y = compiled(params, read, state[0], x[0])
        return np.asarray(y)

    return step


def tensorflow_cell(inputs, hidden):
    """Return a compiled step of Keras's cell."""
    import tensorflow as tf

    cell, out = tf.keras.layers.LSTMCell(hidden), tf.keras.layers.Dense(1)
    state = [[tf.zeros((1, hidden)), tf.zeros((1, hidden))]]

    @tf.function
    def compiled(x, h, c):
        y, (h, c) = cell(x, [h, c])
        return out(y), h, c

    def step(x):
        y, *state[0] = compiled(tf.constant(x[0]), *state[0])
        return y.numpy()

    return step


def drawn(*shape):
    """Return small weights."""
    return 0.05 * np.random.default_rng(0).standard_normal(shape).astype(np.float32)


OWN = {
    "numpy": numpy_cell,
    "torch": torch_cell,
    "jax": jax_cell,
    "tensorflow": tensorflow_cell,
}


if __name__ == "__main__":
    main()
