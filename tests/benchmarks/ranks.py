"""Rows over several devices of which one process is killed or stopped at a random time.

    python tests/benchmarks/ranks.py --trials 24

Two rows of torch over two devices: each has a worker and a rank beside it. One of the four
processes is sent SIGKILL, SIGTERM or SIGSTOP. *Contained* is a run that ends by itself with a table
and exit code 1; its other row is whole, the one that was hit has failed with a line that names the
signal or the silence, and nothing that the run has started is left. Where a worker is hit as the
row it belongs to is done, nothing is lost, and that counts, too.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "fake"))

import psutil
from remains import marked, remains

from rnnbench.results import reader
from rnnbench.results.queries import timings, trainings
from rnnbench.results.runs import folders

SIGNALS = ("SIGKILL", "SIGTERM", "SIGSTOP")
WHO = ("worker", "rank")
RUN = (
    *(
        "run",
        "--backends",
        "torch:fused,torch:eager",
        "--devices",
        "2",
        "--tasks",
        "adding-problem",
    ),
    *("--cells", "lstm", "--hidden", "8", "--batch", "8", "--steps", "120", "--seeds", "2"),
    *("--set", "adding-problem.length=10", "--max-time", "3", "--timeout", "15"),
)
#: Seconds that a whole run may take, and after its end until nothing may be left.
LONGEST, WITHIN = 240, 3.0
ROWS = 2


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--trials", type=int, default=24)
    parser.add_argument("--seed", type=int, default=0, help="of the times")
    options = parser.parse_args()
    rng, found = random.Random(options.seed), Counter()
    for number in range(options.trials):
        name, who = SIGNALS[number % 3], WHO[number // 3 % 2]
        with tempfile.TemporaryDirectory() as folder:
            fault, told = trial(Path(folder), name, who, rng)
        found[name, who, "tried"] += 1
        found[name, who, "contained"] += not fault
        print(f"{number + 1}/{options.trials} {name} to a {who}: {fault or told}", flush=True)
    for name in SIGNALS:
        for who in WHO:
            counts = [found[name, who, what] for what in ("tried", "contained")]
            print(f"{name} to a {who}: tried {counts[0]}, contained {counts[1]}")


def trial(folder, name, who, rng):
    """Return what went wrong, empty if nothing did, and what the run says of the row."""
    environment = marked()
    with (folder / "log").open("w") as log:
        command = [sys.executable, "-m", "rnnbench", *RUN, "--out", str(folder / "out")]
        run = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        victim = chosen(run, who, rng)
        time.sleep(rng.uniform(0, 14))
        with suppress(psutil.NoSuchProcess):
            victim.send_signal(getattr(signal, name))
        code = run.wait(LONGEST)
    except subprocess.TimeoutExpired:
        run.kill()
        return "the run does not end", ""
    if left := remains(environment, WITHIN):
        return f"left behind: {left}", ""
    text = (folder / "log").read_text()
    if "Traceback" in text:
        return "a traceback", ""
    return judged(folder / "out", code)


def chosen(run, who, rng):
    """Return a worker, or a rank, once both rows have both."""
    while run.poll() is None:
        with suppress(psutil.NoSuchProcess):
            children = psutil.Process(run.pid).children()
            pairs = [(one, below) for one in children for below in one.children()]
            ranks = [(one, below) for one, below in pairs if "torch" in words(below)]
            if len(ranks) >= ROWS:
                return rng.choice(ranks)[WHO.index(who)]
        time.sleep(0.1)
    raise SystemExit(f"the run has ended with {run.returncode} before it had any ranks")


def words(process):
    with suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


def judged(out, code):
    """Return what is wrong with what is recorded, and the reasons of what has failed."""
    records = reader.read(folders.find(None, out))
    (timing,) = timings(records)
    done = [(one.row, one.status, one.reason) for one in (*timing.rows, *trainings(records))]
    bad = {row for row, status, _ in done if status not in ("ok", "unsteady")}
    reasons = {reason for _, status, reason in done if status not in ("ok", "unsteady")}
    if len(bad) > 1:
        return f"both rows have failed: {sorted(map(str, reasons))}", ""
    if code != (1 if bad else 0):
        return f"exit code {code} with {len(bad)} failed rows", ""
    count = Counter(row for row, _, _ in done)
    whole = 1 + 2  # its timing and two trainings
    if any(count[row] != whole for row in {one.row for one in timing.rows}):
        return f"not every trial has a row: {dict(count)}", ""
    return "", "; ".join(sorted(map(str, reasons))) or "nothing was lost"


if __name__ == "__main__":
    main()
