"""How often verdicts on scores are wrong, and what differences they find, by simulation.

    python tests/benchmarks/scores.py

A table of a reference and four rows, each trained with the same seeds. A seed moves the scores of
all rows alike, and each by itself: frameworks round differently, and training amplifies that. All
shares are of what the reference has learnt. The same scores are judged as if they were of other
seeds, too: that is what pairs are worth.
"""

from __future__ import annotations

import argparse

import numpy as np

from rnnbench.measure.scores import ScorePair, score_verdicts

NAIVE, LEARNT = 1.0, 0.5
ROWS = 4


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--simulations", type=int, default=1000)
    parser.add_argument("--shared", type=float, default=0.05, help="what a seed does to all rows")
    parser.add_argument("--own", type=float, nargs="*", default=[0.002, 0.02], help="and to each")
    parser.add_argument("--shift", type=float, default=0.1, help="a difference to be found")
    options = parser.parse_args()
    print("seeds   own     paired   nothing differs: wrong, same    shifted: worse")
    for seeds in (3, 5, 10):
        for own in options.own:
            for paired in (True, False):
                rng = np.random.default_rng([seeds, int(1e4 * own)])
                alike = tables(rng, seeds, own, paired, 0.0, options)
                moved = tables(rng, seeds, own, paired, options.shift, options)
                wrong = np.mean([not {"better", "worse"}.isdisjoint(table) for table in alike])
                same, worse = share(alike, "same"), share(moved, "worse")
                print(
                    f"{seeds:5} {100 * own:5.1f} %   {'yes' if paired else 'no':6}   "
                    f"{100 * wrong:21.1f} %, {100 * same:3.0f} %    {100 * worse:12.0f} %"
                )


def tables(rng, seeds, own, paired, shift, options):
    """Return the verdicts of many tables, all rows of each differing by ``shift``."""
    found = []
    for _ in range(options.simulations):
        level = options.shared * rng.standard_normal(seeds)
        reference, *rows = level + own * rng.standard_normal((1 + ROWS, seeds))
        numbers = range(seeds) if paired else range(seeds, 2 * seeds)
        pairs = [
            ScorePair(
                dict(zip(numbers, score(row + shift), strict=True)),
                dict(enumerate(score(reference))),
                NAIVE,
                higher_is_better=False,
            )
            for row in rows
        ]
        found.append(score_verdicts(pairs))
    return found


def score(deviation):
    """Return scores of which ``LEARNT`` is learnt, lower being better."""
    return NAIVE - LEARNT * (1 - deviation)


def share(tables, verdict):
    """Return how many of all rows have a verdict."""
    return np.mean([one == verdict for table in tables for one in table])


if __name__ == "__main__":
    main()
