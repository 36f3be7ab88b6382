"""Train-step time of each variant against a bare tf.function over keras.layers.LSTM.

    python tests/benchmarks/keras_overhead.py [VARIANT ...]

All run in one process, in short turns, round after round; the figure is the median over the
rounds of the ratio within a round, with its quartiles, of wall time and then of CPU time, which a
busy machine disturbs less. The bare loop gets its batch batch-major, as Keras likes it.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from rnnbench import Batch, Model, Optimizer
from rnnbench.cells.lstm import LSTM
from rnnbench_tensorflow.backend import TensorFlowBackend
from rnnbench_tensorflow.optimizers import RULES, clipped

#: T, B, I, H, rounds.
SHAPES = [(30, 32, 2, 64, 60), (100, 16, 128, 128, 40), (100, 64, 512, 512, 4)]
RULE = Optimizer("adam", clip=1.0)
OUTPUTS = 8
TURN_S = 0.1


def bare_step(inputs: np.ndarray, targets: np.ndarray, hidden: int) -> Callable[[], Any]:
    """Return a train step as one would write it by hand, on a batch ``(B, T, ...)``."""
    layer = keras.layers.LSTM(hidden, return_sequences=True, return_state=True, use_cudnn=False)
    readout = keras.layers.Dense(OUTPUTS)
    xs, wanted = tf.constant(inputs), tf.constant(targets)
    start = [tf.zeros((len(inputs), hidden))] * 2
    readout(layer(xs, initial_state=start)[0])
    variables = layer.trainable_variables + readout.trainable_variables
    optimizer = RULES[RULE.name](RULE)
    optimizer.build(variables)

    @tf.function
    def step(xs: Any, wanted: Any, state: Any) -> Any:
        with tf.GradientTape() as tape:
            ys, *final = layer(xs, initial_state=state)
            loss = tf.reduce_mean(tf.square(readout(ys) - wanted))
        optimizer.apply(clipped(RULE, tape.gradient(loss, variables)))
        return loss, final

    return lambda: step(xs, wanted, start)


def our_step(
    inputs: np.ndarray, targets: np.ndarray, hidden: int, variant: str
) -> Callable[[], Any]:
    """Return the program's train step on the same batch."""
    backend = TensorFlowBackend()
    model = Model(LSTM(), inputs=inputs.shape[-1], outputs=OUTPUTS, hidden=hidden)
    program = backend.program(model, model.initial(0), variant, RULE)
    batch = backend.put(Batch(inputs.swapaxes(0, 1), targets.swapaxes(0, 1)))
    state = backend.put(model.zero_state(len(inputs)))
    return lambda: program.train_step(state, batch)


def seconds(step: Callable[[], Any], repeats: int) -> np.ndarray:
    """Return wall and CPU seconds of one step, the first of a turn being left out."""
    step()
    start = np.array([time.perf_counter(), time.process_time()])
    for _ in range(repeats):
        step()
    return (np.array([time.perf_counter(), time.process_time()]) - start) / repeats


def compare(shape: tuple[int, ...], variants: list[str]) -> None:
    """Print the bare step's time and the ratio of each variant to it."""
    steps, batch, width, hidden, rounds = shape
    rng = np.random.default_rng(0)
    inputs = rng.standard_normal((batch, steps, width)).astype(np.float32)
    targets = rng.standard_normal((batch, steps, OUTPUTS)).astype(np.float32)
    run = {"bare": bare_step(inputs, targets, hidden)}
    run |= {variant: our_step(inputs, targets, hidden, variant) for variant in variants}
    for step in run.values():
        step()
    repeats = max(1, round(TURN_S / seconds(run["bare"], 2)[0]))
    order = list(run)
    times: dict[str, list[np.ndarray]] = {name: [] for name in order}
    for _ in range(rounds):
        rng.shuffle(order)
        for name in order:
            times[name].append(seconds(run[name], repeats))
    bare = np.array(times["bare"])
    wall, cpu = 1e3 * np.median(bare, axis=0)
    print(f"T {steps}  B {batch}  I {width}  H {hidden}  bare {wall:.1f} ms, CPU {cpu:.1f} ms")
    for name in variants:
        ratios = np.percentile(np.array(times[name]) / bare, [25, 50, 75], axis=0)
        shown = (f"{middle:.3f} [{low:.3f}, {high:.3f}]" for low, middle, high in ratios.T)
        print(f"  {name:6}", "  CPU ".join(shown), flush=True)


if __name__ == "__main__":
    TensorFlowBackend.configure(2)
    for shape in SHAPES:
        compare(shape, sys.argv[1:] or ["keras", "graph", "xla"])
