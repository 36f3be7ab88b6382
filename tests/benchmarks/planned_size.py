"""The planned size of a run on a cluster: 10,000 comparisons, 1,000 files of parts.

    python tests/benchmarks/planned_size.py [--comparisons N] [--parts N]

Each command runs in a process of its own, as a user calls it: to submit the run, which plans it, to
a Slurm that takes whatever it is given; to gather what all parts have measured, which is made up
(two rows and two seeds of each comparison); to list the runs where nothing has changed since; to
tell how far the parts are. It ends with 1 if one computes for more than 10 s, or the plan takes
more than 200 MB. What a command computes is its user and system time, so that other work matters
little.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "fake"))

import parted
from commands import ENVIRONMENT
from msgspec.structs import replace

from rnnbench.plan.part import part_of
from rnnbench.results import codec
from rnnbench.results.parts.attempts import claim, finish
from rnnbench.results.runs.folders import FILE

#: What each may take.
SECONDS, MEGABYTES = 10.0, 200.0
#: Stands in for sbatch and squeue: an array with the number 1, of which nothing is left.
STAND_IN = '#!/bin/sh\ncase "$0" in *sbatch) echo 1 ;; esac\n'
#: Cells and other options of the comparisons of a block, each of which has sizes of its own.
CELLS, PER_BLOCK = '["elman", "gru", "lstm", "leaky"]', 4
BLOCK = """
[[block]]
tasks = ["echo"]
cells = {cells}
hidden = {hidden}
batch = {batch}
[block.options.echo]
length = {length}
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--comparisons", type=int, default=10_000)
    parser.add_argument("--parts", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        good = measure(Path(folder), options.comparisons, options.parts)
    sys.exit(0 if good else 1)


def measure(folder, comparisons, parts):
    """Print what each command takes; return whether all of it is within what it may take."""
    suite = folder / "many.toml"
    suite.write_text("".join(blocks(comparisons // PER_BLOCK)))
    for name in ("sbatch", "squeue"):
        (folder / name).write_text(STAND_IN)
        (folder / name).chmod(0o755)
    out = ("--out", folder)
    what = ("--suite", suite, "--backends", "fake", "--seeds", 2, "--parts", parts)
    submitted = taken(folder, "run", *what, "--name", "planned", "--cluster", "slurm", *out)
    good = told(f"plan and submit {comparisons:,} comparisons", *submitted)
    good &= submitted[-1] <= MEGABYTES
    write_parts(folder / "night", parted.plan(comparisons), parts)
    good &= told(f"gather {parts:,} parts", *taken(folder, "gather", "night", *out))
    good &= told("list runs, with nothing new", *taken(folder, "list", "runs", *out))
    return good & told("tell how far they are", *taken(folder, "status", "night", *out))


def blocks(count):
    """Yield so many blocks of a suite, each with other sizes."""
    for number in range(count):
        rest, batch = divmod(number, 10)
        hidden, length = divmod(rest, 10)
        yield BLOCK.format(cells=CELLS, hidden=1 + hidden, batch=1 + batch, length=1 + length)


def write_parts(run, plan, parts):
    """Write what all parts of a plan have measured."""
    first = part_of(plan, 1, parts)
    for number in range(1, parts + 1):
        own = replace(first.part, number=number, chunk=number - 1)
        part = replace(plan, comparisons=plan.comparisons[number - 1 :: parts], part=own)
        records = [*parted.begin()(part), *parted.everything(part)]
        folder = claim(run, number, parts)
        (folder / FILE).write_bytes(b"".join(map(codec.encode, records)))
        finish(folder)


def taken(folder, *words):
    """Return the seconds that a command takes, those that it computes, and its megabytes."""
    environment = os.environ | ENVIRONMENT | {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, "-m", "rnnbench", *map(str, words)]
    with (folder / "log").open("w") as log:
        begin = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        _, status, used = os.wait4(process.pid, 0)  # the children that it has waited for, too
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit((folder / "log").read_text())
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6


def told(what, seconds, computing, megabytes):
    """Print what a command takes; return whether it is quick enough."""
    print(f"{what:36}{seconds:6.1f} s, computes{computing:6.1f} s{megabytes:6.0f} MB", flush=True)
    return computing <= SECONDS


if __name__ == "__main__":
    main()
