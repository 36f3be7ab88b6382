"""How many blocks are kept: on the machine as it is, and beside a hog.

    python tests/benchmarks/disturbance.py torch:fused --seconds 20

One row in one process, at about 10 ms and about 350 ms a step; frameworks must not meet in one.
"""

from __future__ import annotations

import kernel  # first: it sets the process up  # isort: skip

import argparse
import json
import time

import numpy as np
from hog import hog

from rnnbench.measure import ratios
from rnnbench.measure.timer import sample
from rnnbench.run.rounds import STEP_BLOCK

SHAPES = ("100-16-128-128", "100-64-512-512")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("row", help="backend:variant, or a backend in its default variant")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each of the four parts")
    parser.add_argument("--shapes", default=",".join(SHAPES), help="T-B-I-H,…")
    parser.add_argument("--seed", type=int, default=0, help="of the hog")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = []
    for shape in options.shapes.split(","):
        made = kernel.prepare(options.row, shape)
        for beside in (False, True):
            with hog(options.seed, on=beside):
                samples = blocks(made, options.seconds)
            found.append({"row": options.row, "shape": shape, "hog": beside} | figures(samples))
    print(json.dumps(found, indent=1) if options.json else "\n".join(map(line, found)))


def blocks(made, seconds):
    """Return blocks as long as the harness makes them, for so many seconds."""

    def step():
        return made.program.train_step(made.state, made.batch)

    quick = min(sample(made.program, step, 1).seconds for _ in range(3))
    calls, found = max(1, round(STEP_BLOCK / quick)), []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found.append(sample(made.program, step, calls))
    return found


def figures(samples):
    clean = ~ratios.disturbed(samples)
    seconds = np.array([one.seconds for one in samples])
    lost = [one.lost for one in samples if one.lost is not None]
    kept = seconds[clean]
    return {
        "blocks": len(samples),
        "calls": samples[0].calls,
        "kept": float(clean.mean()),
        "ms_all": 1e3 * float(np.median(seconds)),
        "ms_kept": 1e3 * float(np.median(kept)) if kept.size else None,
        "ms_lowest": 1e3 * float(seconds.min()),
        "lost_quartiles": np.quantile(lost, [0.25, 0.5, 0.75]).tolist() if lost else None,
        "switches_per_block": float(np.median([one.switches for one in samples])),
    }


def line(found):
    kept = "–" if found["ms_kept"] is None else f"{found['ms_kept']:.2f}"
    return (
        f"{found['row']} {found['shape']} {'hog  ' if found['hog'] else 'quiet'}: kept "
        f"{100 * found['kept']:.0f} % of {found['blocks']} blocks of {found['calls']}; median "
        f"{kept} ms of these, {found['ms_all']:.2f} of all, lowest {found['ms_lowest']:.2f}"
    )


if __name__ == "__main__":
    main()
