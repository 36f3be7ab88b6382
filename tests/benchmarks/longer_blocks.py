"""What longer blocks would tell: the rounds of a run, two and two counted as one.

    python tests/benchmarks/longer_blocks.py results/published/default

Beside each row's precision, half the relative width of the interval of its ratio, is that from half
as many rounds of blocks twice as long; a long block is undisturbed where both of its halves are.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from rnnbench.measure import estimates
from rnnbench.measure.ratios import clean_times, fastest, ratio
from rnnbench.results import reader
from rnnbench.results.runs import folders
from rnnbench.schema.records.timing import Timing


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("run", nargs="?", help="a run in DIR, or a path; the newest by default")
    parser.add_argument("--out", type=Path, default=Path("results"), metavar="DIR")
    options = parser.parse_args()
    wider = []
    for record in reader.read(folders.find(options.run, options.out)):
        if isinstance(record, Timing):
            now, longer = (precisions(record, together) for together in (1, 2))
            pairs = [(now[row], longer[row]) for row in now.keys() & longer.keys()]
            wider += [after / before for before, after in pairs]
            print(record.key, *(f"{before:.2%} -> {after:.2%}" for before, after in pairs))
    print(f"median: {np.median(wider):.2f} times as wide")


def precisions(record, together):
    """Return the precision of each ratio, with so many rounds counted as one."""
    rows = {
        row.row: [longer(one, together) for one in clean_times([p.steps for p in row.processes])]
        for row in record.rows
        if row.processes
    }
    base = fastest({row: estimates.across(own) for row, own in rows.items()})
    found = {row: ratio(own, rows[base]) for row, own in rows.items() if base and row != base}
    return {row: each.estimate.precision for row, each in found.items() if each}


def longer(logarithms, together):
    """Return the logarithms of mean times of neighbouring rounds, NaN where one was disturbed."""
    whole = len(logarithms) // together * together
    return np.log(np.exp(logarithms[:whole]).reshape(-1, together).mean(axis=1))


if __name__ == "__main__":
    main()
