"""What a long run costs: seconds and memory of the parent, memory of the workers, with no limit.

    python tests/benchmarks/load.py [--comparisons N] [--processes N] [--seeds N] [--rows ROW,...]

Each comparison of the fake backend is a tiny one, and is timed for a single round: what is measured
is the engine. The memory of each process is noted when a tenth of the comparisons has been timed,
and before the last; then the file is shown, checked and resumed. Each tenth is told on stderr, so
that a run that is ended early has said how far it came, and at what cost.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent / "fake"))

from commands import ENVIRONMENT, rnnbench

from rnnbench.results import reader
from rnnbench.results.queries import timings, trainings

TICKS = os.sysconf("SC_CLK_TCK")
CELLS = ("elman", "gru", "lstm")


class Usage(NamedTuple):
    """What a process has used so far: seconds of CPU, MiB, file descriptors."""

    seconds: float
    memory: float
    files: int


class Loaded(NamedTuple):
    """A run under load.

    Attributes:
        code: its exit code.
        seconds: from its start to its end.
        planning: CPU seconds of the parent before the first worker was started.
        early, late: what parent and workers had used when a tenth, and when all but the last
            comparison was timed.
        workers: the most that lived at once.
        file: the results.
    """

    code: int
    seconds: float
    planning: float
    early: list[Usage]
    late: list[Usage]
    workers: int
    file: Path


def suite(comparisons):
    """Return a suite of so many comparisons, all different and all tiny."""
    blocks = [
        f'[[block]]\ntasks = ["echo"]\ncells = ["{CELLS[number % 3]}"]\n'
        f"batch = {1 + number // 3 % 8}\nhidden = {1 + number // 24}\nsteps = 2\n"
        for number in range(comparisons)
    ]
    return "max_time = 0.001\n" + "\n".join(blocks)


def load(folder, comparisons, processes=1, seeds=1, rows="fake:good"):
    """Carry out a run and watch its processes."""
    path = folder / "suite.toml"
    path.write_text(suite(comparisons))
    options = {"--suite": path, "--backends": rows, "--processes": processes, "--seeds": seeds}
    given = [str(part) for option in options.items() for part in option]
    command = [sys.executable, "-m", "rnnbench", "run", *given, "--threads", "1"]
    begun = time.monotonic()
    process = subprocess.Popen(
        [*command, "--out", str(folder / "out")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # Several may go on side by side.
        env=os.environ | ENVIRONMENT | {"RNNBENCH_LOCK": str(folder / "lock")},
    )
    planning, early, late, most, told = 0.0, [], [], 0, 0
    while process.poll() is None:
        found = [usage(pid) for pid in (process.pid, *workers_of(process.pid))]
        if None not in found and len(found) > most:  # some have ended already otherwise
            most = len(found) - 1
            planning = planning if most else found[0].seconds
            if (done := timed(folder)) < comparisons:  # what follows are the matrix products
                late = found
                early = early or (found if done >= comparisons / 10 else [])
            if done * 10 // comparisons > told:
                told = done * 10 // comparisons
                tell(done, *found)
        time.sleep(0.1)
    (file,) = folder.glob("out/*/results.jsonl")
    seconds = time.monotonic() - begun
    return Loaded(process.returncode, seconds, planning, early or late, late, most, file)


def tell(done, parent, *workers):
    """Print what has been used when so many comparisons were timed."""
    seconds = sum(worker.seconds for worker in workers)
    print(
        f"{done} timed: parent {parent.seconds:.1f} s of CPU, {parent.memory:.0f} MiB, "
        f"{parent.files} descriptors; workers {seconds:.1f} s, {most(workers)} MiB",
        file=sys.stderr,
        flush=True,
    )


def timed(folder):
    """Return how many comparisons a run has written so far."""
    return sum(file.read_bytes().count(b'{"record":"timing"') for file in folder.rglob("*.jsonl"))


def workers_of(parent):
    """Return the workers that a run has started."""
    try:
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return [pid for pid in children if b"rnnbench.worker" in cmdline(pid)]
    except OSError:
        return []


def cmdline(pid):
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def usage(pid):
    """Return what a process has used, None if it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    except OSError:
        return None
    resident = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")]
    seconds = (int(fields[11]) + int(fields[12])) / TICKS
    return Usage(seconds, int(resident[0]) / 1024, files) if resident else None


def whole(found, comparisons, processes, seeds, rows):
    """Return whether everything that was planned has been timed and trained, and is read."""
    records = reader.read(found.file)
    every = [row for timing in timings(records) for row in timing.rows]
    learnt = [one for one in trainings(records) if one.status == "ok"]
    fit = all(len(row.processes) == processes for row in every)
    return fit and len(every) == comparisons * rows and len(learnt) == len(every) * seeds


def afterwards(file):
    """Yield what reads the results afterwards, with its exit code and its CPU seconds."""
    for command in (("show", file), ("check-results", file), ("run", "--resume", file)):
        before = sum(os.times()[2:4])
        ended = rnnbench(*command)
        yield " ".join(map(str, command[:-1])), ended.code, sum(os.times()[2:4]) - before


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--comparisons", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--rows", default="fake:good,fake:second")
    options = vars(parser.parse_args())
    with tempfile.TemporaryDirectory() as folder:
        found = load(Path(folder), **options)
        rows = len(options.pop("rows").split(","))
        (parent, *workers), (first, *others) = found.late, found.early
        print(f"exit code {found.code}, {found.seconds:.0f} s, {found.file.stat().st_size} bytes")
        print(f"everything is there: {whole(found, rows=rows, **options)}")
        print(f"planning: {found.planning:.2f} s of CPU; the parent in all: {parent.seconds:.2f} s")
        print(f"{found.workers} workers: {sum(one.seconds for one in workers):.1f} s of CPU")
        print(f"parent: {first.memory:.0f} MiB at a tenth, {parent.memory:.0f} before the last")
        print(f"parent: {first.files} descriptors at a tenth, {parent.files} before the last")
        print(f"largest worker: {most(others)} MiB at a tenth, {most(workers)} before the last")
        for command, code, seconds in afterwards(found.file):
            print(f"{command}: exit code {code}, {seconds:.2f} s of CPU")


def most(workers):
    return f"{max((one.memory for one in workers), default=0):.0f}"


if __name__ == "__main__":
    main()
