"""Where the wall time of a run went.

    python tests/benchmarks/cost.py results/20260102T030405Z

Measured is what lies between the two ends of a sample, the first call of each turn included. The
start of the frameworks is not recorded as wall time: workers start side by side, so the slowest one
is the least it took, and what is left over is an upper bound. The matrix products at the end of a
run have no time of their own in the records and are in no part.
"""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from pathlib import Path

from rnnbench import results
from rnnbench.results import Run, Timing, Training, Worker


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("run", nargs="?", help="a run in DIR, or a path; the newest by default")
    parser.add_argument("--out", type=Path, default=Path("results"), metavar="DIR")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = parts(results.read(results.find(options.run, options.out)))
    print(json.dumps(found, indent=1) if options.json else table(found))


def parts(records):
    """Return the seconds of each part of a run; those under ``neither`` are the rest in detail."""
    (run,) = of(Run, records)
    timings, trainings = of(Timing, records), of(Training, records)
    processes = [one for timing in timings for row in timing.rows for one in row.processes]
    wall = max(at(one.finished) for one in timings + trainings) - at(run.started)
    measured = sum(map(seconds_measured, processes))
    training = sum(one.seconds or 0.0 for one in trainings)
    start = max((one.opened.seconds for one in of(Worker, records)), default=0.0)
    turns = sum(timing.seconds for timing in timings) - measured
    checks = sum(map(seconds_checked, timings))
    first = sum(one.first_step_s for one in processes)
    neither = wall - measured - training - start
    return {
        "wall": wall,
        "measured": measured,
        "training": training,
        "framework_start_at_least": start,
        "neither_at_most": neither,
        "neither": {
            "turns_beside_samples": turns,
            "checks_at_least": checks,
            "first_steps": first,
            "unaccounted": neither - turns - checks - first,
        },
    }


def seconds_measured(process):
    kinds = (process.steps, process.forwards, process.first_steps, process.first_forwards)
    return sum(sample.wall_ns for kind in kinds for sample in kind) * 1e-9


def seconds_checked(timing):
    """Return the slowest check of the rows, which run side by side, over the processes."""
    rows = [row.processes for row in timing.rows if row.processes]
    return sum(max(one.check_s for one in beside) for beside in zip(*rows, strict=True))


def of(kind, records):
    return [record for record in records if isinstance(record, kind)]


def at(when):
    return datetime.fromisoformat(when).timestamp()


def table(found):
    lines = [
        row(name, found[name], found["wall"]) for name in found if name not in ("wall", "neither")
    ]
    detail = [row(f"  {name}", value, found["wall"]) for name, value in found["neither"].items()]
    return "\n".join([f"wall time {found['wall']:.0f} s", *lines, *detail])


def row(name, seconds, wall):
    return f"{name.replace('_', ' '):28} {seconds:7.1f} s {100 * seconds / wall:5.1f} %"


if __name__ == "__main__":
    main()
