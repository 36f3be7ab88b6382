"""Is a portable model as fast as it was, and a loop without lengths as one written by hand?

    python tests/benchmarks/no_slower.py [REVISION] [--pairs 12] [--rounds 12]

Two processes take turns in random order: one has the core of REVISION (by default that before the
last commit), the other the one that stands here. Each turn trains an LSTM on NumPy, the portable
model, for some steps; both turns of a round have a ratio of their seconds of CPU. Two processes of
one and the same core come out some per cent apart, so that there are several pairs of fresh ones:
the median ratio of a pair is one sample. The median of all samples is printed with its 95 %
interval. Then the same of the core's loop over time, whose every step could be masked, against one
written by hand that knows no lengths, in this process: a sample is a round. Exit code 1 if one of
both is surely slower by more than 2 %.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
LIMIT = 1.02
ORDER = random.Random(0)

#: A process that trains for some steps whenever it is told, and says how long that took.
CHILD = """
import gc, sys, time
import numpy as np
import rnnbench
from rnnbench import LSTM, Batch, Model, NumpyBackend, Optimizer, Problem, Spec, Stack
assert rnnbench.__file__.startswith(sys.argv[1]), rnnbench.__file__
model = Model(Stack(), Spec(Problem(inputs=16, outputs=4), LSTM(), 64))
backend, rng = NumpyBackend("cpu", "float32"), np.random.default_rng(0)
program = backend.program(model, model.initial(0), "autograd", Optimizer("sgd"))
batch = Batch(rng.standard_normal((30, 32, 16)), rng.standard_normal((30, 32, 4)))
batch, state = backend.put(batch), backend.put(model.zero_state(32))
gc.disable()  # what a search for garbage takes depends on all that was ever imported
for _ in sys.stdin:
    gc.collect()
    start = time.process_time()
    for _ in range(5):
        program.train_step(state, batch)
    print(time.process_time() - start, flush=True)
"""


def main() -> int:
    """Print both ratios."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("revision", nargs="?", default="HEAD~1")
    parser.add_argument("--pairs", type=int, default=12, help="of fresh processes")
    parser.add_argument("--rounds", type=int, default=12, help="of each pair")
    asked = parser.parse_args()
    found = {
        f"here to {asked.revision}": against(asked.revision, asked.pairs, asked.rounds),
        "without lengths to by hand": paired(core_loop(), loop_by_hand(), 5 * asked.rounds),
    }
    slower = False
    for what, samples in found.items():
        low, middle, high = interval(samples)
        print(f"{what}: {middle:.3f} ({low:.3f} to {high:.3f})")
        slower |= low > LIMIT
    return int(slower)


def against(revision: str, pairs: int, rounds: int) -> list[float]:
    """Return the ratios of what stands here to a revision, one for each pair of processes."""
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(
            ["git", "archive", revision, "rnnbench"], cwd=ROOT, check=True, capture_output=True
        )
        # Both are copies whose paths have one length, which may move how memory is laid out.
        here, there = Path(folder, "here"), Path(folder, "then")
        there.mkdir()
        subprocess.run(["tar", "-x", "-C", there], input=packed.stdout, check=True)
        shutil.copytree(
            ROOT / "rnnbench", here / "rnnbench", ignore=shutil.ignore_patterns("__pycache__")
        )
        return [of_pair(str(here), str(there), rounds) for _ in range(pairs)]


def of_pair(here: str, there: str, rounds: int) -> float:
    """Return the median ratio of two fresh processes with the cores of two folders."""
    with child(here) as ours, child(there) as theirs:
        ratios = paired(turn_of(ours), turn_of(theirs), rounds)
        for process in (ours, theirs):
            process.communicate()
    return float(np.median(ratios))


def child(folder: str) -> subprocess.Popen[str]:
    """Start a process with the core that lies in a folder."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    return subprocess.Popen(
        [sys.executable, "-P", "-c", CHILD, folder],
        env=os.environ | threads | {"PYTHONPATH": folder},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def turn_of(process: subprocess.Popen[str]) -> Callable[[], float]:
    """Return what has a process take one turn, and returns its seconds."""

    def turn() -> float:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        return float(process.stdout.readline())

    return turn


def core_loop() -> Callable[[], float]:
    """Return what runs the core's loop over time, given no mask."""
    from rnnbench import LSTM, LoopRecurrence, NumpyNamespace

    params, xs, state = arguments()
    loop = LoopRecurrence(LSTM(), NumpyNamespace(), dict)
    return timed(lambda: loop.apply(params, xs, state))


def loop_by_hand() -> Callable[[], float]:
    """Return what does the same in the fewest words."""
    from rnnbench import LSTM, NumpyNamespace

    params, xs, state = arguments()
    cell, xp = LSTM(), NumpyNamespace()

    def run() -> None:
        now, outputs = state, []
        for x in xp.unstack(xs):
            now = cell.step(xp, params, x, now)
            outputs.append(now[0])
        xp.stack(outputs)

    return timed(run)


def arguments() -> tuple[dict[str, np.ndarray], np.ndarray, tuple[np.ndarray, ...]]:
    """Return parameters, inputs and a state of an LSTM."""
    from rnnbench import LSTM

    rng = np.random.default_rng(0)
    params = {n: a.astype(np.float32) for n, a in LSTM().initial(rng, 16, 64).items()}
    xs = rng.standard_normal((100, 32, 16)).astype(np.float32)
    return params, xs, (np.zeros((32, 64), np.float32),) * 2


def timed(run: Callable[[], object]) -> Callable[[], float]:
    """Return what runs something some times and returns the seconds of CPU."""

    def turn() -> float:
        start = time.process_time()
        for _ in range(10):
            run()
        return time.process_time() - start

    return turn


def paired(ours: Callable[[], float], theirs: Callable[[], float], rounds: int) -> list[float]:
    """Return one ratio per round, in each of which both take a turn, either one first."""
    ratios = []
    for number in range(rounds + 3):
        seconds = {}
        for side in ORDER.sample((ours, theirs), 2):
            seconds[side] = side()
        if number >= 3:  # the first warm up
            ratios.append(seconds[ours] / seconds[theirs])
    return ratios


def interval(samples: list[float]) -> tuple[float, float, float]:
    """Return the median between the ends of its 95 % interval, by resampling."""
    rng = np.random.default_rng(0)
    medians = np.median(rng.choice(samples, (2000, len(samples))), axis=1)
    low, high = np.quantile(medians, (0.025, 0.975))
    return float(low), float(np.median(samples)), float(high)


if __name__ == "__main__":
    sys.exit(main())
