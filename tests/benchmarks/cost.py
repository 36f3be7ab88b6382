"""Where the wall time of a run went.

    python tests/benchmarks/cost.py results/20260102T030405Z

Measured is what gives a figure of the table: samples, of rows and of matrix products; the first
step and forward pass of all, which compile; and trainings with their evaluation. All else is cost:
the check and the preparation of rows, the first calls of each turn, which are used nowhere, and
what turns, audits and products take beside their samples.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from rnnbench.results import reader
from rnnbench.results.runs import folders
from rnnbench.schema.records.beginning import Worker
from rnnbench.schema.records.peak import Peak
from rnnbench.schema.records.timing import Timing
from rnnbench.schema.records.training import Training


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("run", nargs="?", help="a run in DIR, or a path; the newest by default")
    parser.add_argument("--out", type=Path, default=Path("results"), metavar="DIR")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = parts(reader.read(folders.find(options.run, options.out)))
    print(json.dumps(found, indent=1) if options.json else table(found))


def parts(records):
    """Return the seconds of each part of a run; those under ``cost`` are the rest in detail."""
    found = dict.fromkeys(("start", "samples", "first_calls", "products", "training"), 0.0)
    cost = dict.fromkeys(
        (
            *("checking_and_preparing", "first_calls_of_turns"),
            *("turns_beside_samples", "products_beside_samples"),
        ),
        0.0,
    )
    before, last = 0.0, None
    for record in records:
        took, before = record.elapsed - before, record.elapsed
        if isinstance(record, Worker):
            found["start"] += took
        elif isinstance(record, Training):
            found["training"] += took
        elif isinstance(record, Peak):
            # All rows are proved between the start of the last worker and the first products.
            proof = isinstance(last, Worker)
            sampled = seconds(record.samples)
            found["products"] += sampled
            cost["checking_and_preparing" if proof else "products_beside_samples"] += took - sampled
        elif isinstance(record, Timing):
            processes = [one for row in record.rows for one in row.processes]
            samples = sum(seconds(one.steps + one.forwards) for one in processes)
            unused = sum(seconds(one.first_steps + one.first_forwards) for one in processes)
            first = sum(one.first_step_s + one.first_forward_s for one in processes)
            found["samples"] += samples
            found["first_calls"] += first
            cost["checking_and_preparing"] += took - record.seconds - first
            cost["first_calls_of_turns"] += unused
            cost["turns_beside_samples"] += record.seconds - samples - unused
        last = record
    return {"wall": before, **found, "cost": sum(cost.values()), "cost_in_detail": cost}


def seconds(samples):
    return sum(sample.wall_ns for sample in samples) * 1e-9


def table(found):
    lines = [
        row(name, found[name], found["wall"])
        for name in found
        if name not in ("wall", "cost_in_detail")
    ]
    detail = [
        row(f"  {name}", value, found["wall"]) for name, value in found["cost_in_detail"].items()
    ]
    return "\n".join([f"wall time {found['wall']:.0f} s", *lines, *detail])


def row(name, seconds, wall):
    return f"{name.replace('_', ' '):28} {seconds:7.1f} s {100 * seconds / wall:5.1f} %"


if __name__ == "__main__":
    main()
