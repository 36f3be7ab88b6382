"""Which interval holds the truth as often as it says, by simulation.

    python tests/benchmarks/intervals.py

A row over another, measured in a few processes: each has a level of its own, and rounds scatter
around it. The percentile bootstrap that resamples processes, then rounds, is held against Student's
interval over the medians of the processes (:func:`rnnbench.measure.estimates.across`).
"""

from __future__ import annotations

import argparse
import json

import numpy as np

from rnnbench.measure import estimates

PROCESSES = (3, 5, 10)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--simulations", type=int, default=1000)
    parser.add_argument("--resamples", type=int, default=400)
    parser.add_argument("--between", type=float, default=0.01, help="scatter of processes")
    parser.add_argument("--within", type=float, default=0.03, help="scatter of rounds")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true", help="a tenth of the simulations")
    options = parser.parse_args()
    if options.quick:
        options.simulations //= 10
    found = [cover(processes, options) for processes in PROCESSES]
    print(json.dumps(found, indent=1) if options.json else table(found))


def cover(processes, options):
    """Return how often each interval holds the truth, 0, and how wide it is in the mean."""
    rng = np.random.default_rng([options.seed, processes])
    hits, widths = {"bootstrap": 0, "student": 0}, {"bootstrap": 0.0, "student": 0.0}
    for _ in range(options.simulations):
        data = simulate(rng, processes, options)
        effect = estimates.across(list(data))
        ends = {
            "bootstrap": bootstrap(rng, data, options.resamples),
            "student": (effect.low, effect.high),
        }
        for name, (low, high) in ends.items():
            hits[name] += bool(low <= 0 <= high)
            widths[name] += (high - low) / 2
    shares = {f"{name}_covers": count / options.simulations for name, count in hits.items()}
    halves = {f"{name}_half_width": sum_ / options.simulations for name, sum_ in widths.items()}
    return {"processes": processes, "simulations": options.simulations} | shares | halves


def simulate(rng, processes, options):
    """Return logarithms of ratios whose true centre is 0, an array (processes, rounds)."""
    levels = options.between * rng.standard_normal((processes, 1))
    return levels + options.within * rng.standard_normal((processes, options.rounds))


def bootstrap(rng, data, resamples):
    """Return the percentile interval at the harness's confidence."""
    processes, rounds = data.shape
    chosen = rng.integers(processes, size=(resamples, processes, 1))
    within = rng.integers(rounds, size=(resamples, processes, rounds))
    centres = np.median(data[chosen, within], axis=2).mean(axis=1)
    tail = (1 - estimates.CONFIDENCE) / 2
    return np.quantile(centres, [tail, 1 - tail])


def table(found):
    lines = ["processes   bootstrap covers (± half)   Student covers (± half)"]
    lines += [
        f"{one['processes']:9}   "
        + "   ".join(
            f"{100 * one[f'{name}_covers']:14.1f} % ±{100 * one[f'{name}_half_width']:.2f} %"
            for name in ("bootstrap", "student")
        )
        for one in found
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
