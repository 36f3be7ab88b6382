"""How much slower is a training step after a pause? Steps by their place after it.

    python tests/benchmarks/after_pause.py [ROW …] [--shape 100-16-128-128] [--cell elman]
        [--pauses 0 0.05 0.5] [--steps 12] [--rounds 14]

For each row, in a process of its own, warm: as many rounds, each of a pause and then some steps.
Printed is, for each pause in seconds, the median over rounds of the milliseconds of the first step,
of the second and so on. A run stops a row while others are timed, so each of its blocks comes after
a pause.
"""

from __future__ import annotations

import argparse
import time

import forms  # before NumPy: it sets the process up
import numpy as np


def main():
    """Measure one row here, several each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("rows", nargs="*", default=forms.ROWS)
    parser.add_argument("--shape", default="100-16-128-128", help="T-B-I-H")
    parser.add_argument("--cell", default="elman")
    parser.add_argument("--pauses", nargs="+", default=["0", "0.05", "0.5"], help="seconds")
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=14)
    options = parser.parse_args()
    if len(options.rows) == 1:
        return show(options.rows[0], options)
    head = " | ".join(str(number + 1) for number in range(options.steps))
    print(f"| row | pause, s | {head} |\n|---|--:|{'--:|' * options.steps}", flush=True)
    same = [f"--{name}={getattr(options, name)}" for name in ("shape", "cell", "steps", "rounds")]
    forms.each_alone(options.rows, [*same, "--pauses", *options.pauses])
    return None


def show(row, options):
    """Print a line for each pause."""
    made = forms.prepared(row, options)
    for pause in options.pauses:
        rounds = [milliseconds(made, float(pause), options.steps) for _ in range(options.rounds)]
        told = " | ".join(f"{median:.1f}" for median in np.median(rounds, axis=0))
        print(f"| `{row}` | {pause} | {told} |", flush=True)


def milliseconds(made, pause, steps):
    """Return the milliseconds of each of some steps after a pause."""
    time.sleep(pause)
    found = []
    for _ in range(steps):
        begun = time.perf_counter()
        made.step()
        found.append(1e3 * (time.perf_counter() - begun))
    return found


if __name__ == "__main__":
    main()
