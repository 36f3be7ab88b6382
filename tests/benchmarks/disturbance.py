"""Which blocks are kept: on the machine as it is, beside a hog, and beside neighbours.

    python tests/benchmarks/disturbance.py --output disturbance.jsonl

Each row in a process of its own, at about 10 ms and about 350 ms a step. The surroundings take
turns in short slices, since the speed of the machine shifts. The file holds every block.
"""

from __future__ import annotations

import kernel  # first: it sets the process up  # isort: skip

import argparse
import json
import random
import subprocess
import sys
import time
from pathlib import Path

import kept_lines
import msgspec
import numpy as np
from hog import busy, hog

from rnnbench.measure.disturbance import disturbed
from rnnbench.measure.timer import sample
from rnnbench.running.timing.rounds import STEP_BLOCK
from rnnbench.schema.sample import Sample

ROWS = ("torch:fused", "numpy:fused", "jax:fused", "tensorflow:keras")
SHAPES = ("100-16-128-128", "100-64-512-512")
#: What goes on beside the row, given a seed.
SURROUNDINGS = {
    "quiet": lambda seed: busy(0),
    "hog": hog,
    "5 % busy": lambda seed: busy(1, 0.05),
    "10 % busy": lambda seed: busy(1, 0.1),
    "25 % busy": lambda seed: busy(1, 0.25),
    "1 busy": lambda seed: busy(1),
    "2 busy": lambda seed: busy(2),
}
#: Times that each of them has its turn, and seconds in all.
SLICES, SECONDS = 4, 12.0


def main():
    options = arguments()
    if options.one:
        print(json.dumps(one_row(options)))
        return
    found = kept_lines.read(options.output)
    for shape in options.shapes.split(","):
        for row in options.rows.split(","):
            if kept_lines.has(found, row=row, shape=shape):
                continue
            for one in json.loads(in_a_process(row, shape, options)):
                found.append(one)
                kept_lines.keep(one, options.output)
            print(f"{row} {shape} done", file=sys.stderr)
    print(table(found))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", default=",".join(ROWS), help="backend:variant,…")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each part")
    parser.add_argument("--shapes", default=",".join(SHAPES), help="T-B-I-H,…")
    parser.add_argument(
        "--beside", nargs="+", choices=SURROUNDINGS, default=list(SURROUNDINGS), metavar="WHAT"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the hog and the order")
    parser.add_argument("--output", type=Path, help="JSON, one line per part; goes on there")
    parser.add_argument("--quick", action="store_true", help="a trial of three minutes")
    parser.add_argument("--one", action="store_true", help="one row and shape, in this process")
    options = parser.parse_args()
    if options.quick:
        options.seconds, options.shapes = 3.0, SHAPES[0]
    return options


def in_a_process(row, shape, options):
    """Return what a process prints that measures one row, since frameworks must not meet."""
    given = {"--rows": row, "--shapes": shape, "--seconds": options.seconds, "--seed": options.seed}
    command = [str(part) for pair in given.items() for part in pair]
    ended = subprocess.run(
        [sys.executable, __file__, "--one", *command, "--beside", *options.beside],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return ended.stdout


def one_row(options):
    """Return the blocks of one row and shape in all surroundings."""
    rng = random.Random(options.seed)
    made = kernel.prepare(options.rows, options.shapes)
    calls = calls_per_block(made)
    samples = {name: [] for name in options.beside}
    for part in range(SLICES):
        for name in rng.sample(options.beside, len(options.beside)):
            with SURROUNDINGS[name](options.seed + part):
                samples[name] += blocks(made, calls, options.seconds / SLICES)
    return [
        {"row": options.rows, "shape": options.shapes, "beside": name} | in_full(own)
        for name, own in samples.items()
    ]


def in_full(samples):
    return {"samples": msgspec.to_builtins(samples)}


def calls_per_block(made):
    """Return how many calls make a block as the harness has it."""
    quick = min(sample(made.program, step(made), 1).seconds for _ in range(3))
    return max(1, round(STEP_BLOCK / quick))


def blocks(made, calls, seconds):
    """Return the blocks of so many seconds, and one at least."""
    sample(made.program, step(made), 1, evidence=False)  # as in a turn, the first is not used
    end, found = time.monotonic() + seconds, []
    while not found or time.monotonic() < end:
        found.append(sample(made.program, step(made), calls))
    return found


def step(made):
    return lambda: made.program.train_step(made.state, made.batch)


def table(found):
    """Return a table in Markdown, times in milliseconds."""
    columns = "row, T·B·I→H | beside | kept | median of these | of all | others (10 % to 90 %)"
    lines = [f"| {columns} |", "| --- | --- | ---: | ---: | ---: | ---: |"]
    for one in found:
        what = f"{one['row']} {one['shape']} | {one['beside']}"
        lines.append(f"| {what} | {figures(msgspec.convert(one['samples'], list[Sample]))} |")
    return "\n".join(lines)


def figures(samples):
    """Return what was kept, its times and those of all, and what others computed over wall time."""
    milliseconds = np.array([1e3 * one.seconds for one in samples])
    kept = milliseconds[~disturbed([samples])]
    shares = [one.others_ns / one.wall_ns for one in samples if one.others_ns is not None]
    low, middle, high = np.quantile(shares, [0.1, 0.5, 0.9]) if shares else [np.nan] * 3
    clean = f"{np.median(kept):.1f}" if kept.size else "–"
    return (
        f"{100 * kept.size / len(samples):.0f} % of {len(samples)} | {clean} | "
        f"{np.median(milliseconds):.1f} | {middle:.2f} ({low:.2f} to {high:.2f})"
    )


if __name__ == "__main__":
    main()
