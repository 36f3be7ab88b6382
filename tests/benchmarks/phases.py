"""The phases of a training step of an LSTM: what each of them takes alone, in the same process.

    python tests/benchmarks/phases.py [ROW] [SHAPE …] [--rounds N]

multiplies what the step of a row multiplies, phase by phase, with NumPy, in turn with the whole
step. What the products leave of the step is elementwise work, memory and overhead. Shapes are
``T-B-I-H``: steps, examples, inputs, hidden units.
"""

from __future__ import annotations

import kernel  # first: it sets the process up  # isort: skip

import argparse
import time

import numpy as np

#: Of an LSTM.
GATES = 4
SHAPES = ["100-16-128-128", "100-64-128-256", "100-64-512-512"]


class Phase:
    """So many matrix products ``(rows, inner) @ (inner, columns)`` one after the other."""

    def __init__(self, name, number, rows, inner, columns):
        rng = np.random.default_rng(0)
        self.name, self.number = name, number
        self.left = rng.standard_normal((rows, inner), np.float32)
        self.right = rng.standard_normal((inner, columns), np.float32)
        self.out = np.empty((rows, columns), np.float32)
        self.flops = 2 * number * rows * inner * columns

    def __call__(self):
        for _ in range(self.number):
            np.matmul(self.left, self.right, out=self.out)


def phases(shape):
    """Return the products of a training step: those of one kind joined where none waits."""
    steps, batch, inputs, hidden = map(int, shape.split("-"))
    every, wide = steps * batch, GATES * hidden
    return [
        Phase("inputs", 1, every, inputs, wide),
        Phase("steps, forward", steps, batch, hidden, wide),
        Phase("steps, back", steps, batch, wide, hidden),
        Phase("weight gradients", 1, inputs + hidden, every, wide),
    ]


def timed(run):
    """Return the seconds of one call."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def measure(row, shape, rounds):
    """Return by name the median seconds of each phase and of the whole step, and the operations."""
    made, parts = kernel.prepare(row, shape), phases(shape)
    runs = {"whole": made.step} | {part.name: part for part in parts}
    found = {name: [] for name in runs}
    rng = np.random.default_rng(0)
    for number in range(rounds + 2):
        for name in rng.permutation(list(runs)):
            seconds = timed(runs[name])
            if number > 1:
                found[name].append(seconds)
    return {name: np.median(own) for name, own in found.items()}, parts


def show(row, shape, rounds):
    """Print the phases of a shape as Markdown."""
    seconds, parts = measure(row, shape, rounds)
    whole = seconds["whole"]
    print(f"\n`{row}` at {shape}: {whole * 1e3:.2f} ms a step\n")
    print("| phase | ms | of the step | GFLOP/s |\n|---|--:|--:|--:|")
    for part in parts:
        own = seconds[part.name]
        rate = part.flops / own / 1e9
        print(f"| {part.name} | {own * 1e3:.2f} | {own / whole:.0%} | {rate:.0f} |")
    rest = whole - sum(seconds[part.name] for part in parts)
    print(f"| elementwise, memory, overhead | {rest * 1e3:.2f} | {rest / whole:.0%} | |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("row", nargs="?", default="numpy:fused")
    parser.add_argument("shapes", nargs="*", default=SHAPES)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    for shape in options.shapes or SHAPES:
        show(options.row, shape, options.rounds)


if __name__ == "__main__":
    main()
