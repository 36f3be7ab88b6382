"""A large results file with figures drawn at random, for measuring what reads one."""

import sys
from itertools import product
from pathlib import Path

import numpy as np
from msgspec.structs import replace
from specimens import COMPARISON, OPENED, PEAK, PLAN, PLANNED, RUN, TRAINED

from rnnbench.results import codec
from rnnbench.schema.records.beginning import Worker
from rnnbench.schema.records.timing import ProcessTiming, Round, RowTiming, Timing
from rnnbench.schema.row import Row
from rnnbench.schema.sample import Sample

ROWS = [Row("fake", variant) for variant in ("good", "second", "third", "fourth")]
#: One row in so many fails.
FAILS = 50


def run(comparisons, processes=1, rounds=(10, 20), seed=0, seeds=1):
    """Yield the records of a run with four rows per comparison, all of them trained.

    Args:
        comparisons: how many.
        processes: of each row.
        rounds: the least and the most of a comparison.
        seed: of everything that is drawn.
        seeds: of the trainings of each row.
    """
    rng = np.random.default_rng(seed)
    planned = [
        replace(PLANNED, comparison=replace(COMPARISON, batch=number + 1))
        for number in range(comparisons)
    ]
    own = {"rows": ROWS, "seeds": list(range(seeds)), "processes": processes}
    plan = replace(PLAN, comparisons=planned, **own)
    yield replace(RUN, plan=plan)
    yield PEAK
    for row in ROWS:
        for process in range(processes):
            yield Worker(row=row, process=process, opened=OPENED)
    for one in planned:
        count = int(rng.integers(rounds[0], rounds[1] + 1))
        timed = [timing(row, processes, count, rng) for row in ROWS]
        key = one.comparison.key
        yield Timing(
            finished=TRAINED.finished,
            comparison=one.comparison,
            key=key,
            length=3,
            seconds=0.3,
            rows=timed,
            rounds=[Round(0.5)] * count,
        )
        for row, number in product(timed, range(seeds)):
            curve = [(step, float(rng.random())) for step in range(1, 51)]
            if row.status == "ok":
                score = float(rng.random())
                what = {"key": key, "row": row.row, "seed": number}
                yield replace(TRAINED, curve=curve, score=score, **what)


def timing(row, processes, rounds, rng):
    """Return a row, failed or timed."""
    if rng.integers(FAILS) == 0:
        return RowTiming(row=row, status="failed", reason="RuntimeError: broken")
    step_ns = rng.lognormal(14, 0.5)
    return RowTiming(
        row=row,
        status="ok",
        params=100,
        flops=4_000_000,
        forward_flops=1_000_000,
        parity_error=1e-7,
        audit_error=1e-7,
        parity_tensor="outputs",
        kernel="loop",
        processes=[process(step_ns, rounds, rng) for _ in range(processes)],
    )


def process(step_ns, rounds, rng):
    """Return the timings of one process."""
    level = step_ns * rng.lognormal(0, 0.01)
    return ProcessTiming(
        first_step_s=float(rng.random()),
        first_forward_s=float(rng.random()),
        check_s=0.1,
        peak_memory=int(rng.integers(1 << 26, 1 << 28)),
        traces=0,
        steps=samples(level, 5, rounds, rng),
        forwards=samples(level / 4, 7, rounds, rng),
        first_steps=samples(level * 1.1, 1, rounds, rng),
        first_forwards=samples(level * 0.3, 1, rounds, rng),
    )


def samples(call_ns, calls, rounds, rng):
    """Return blocks of calls, some of which lost time to others."""
    walls = (calls * call_ns * rng.lognormal(0, 0.02, rounds)).astype(int)
    delays, others = ((walls * rng.exponential(0.02, rounds)).astype(int) for _ in range(2))
    return [
        Sample(calls, wall, wall + 1000, 2, delay, 0, other, 2, 0)
        for wall, delay, other in zip(*map(np.ndarray.tolist, (walls, delays, others)), strict=True)
    ]


def write(path, comparisons, **options):
    """Write a results file."""
    with Path(path).open("wb") as file:
        file.writelines(map(codec.encode, run(comparisons, **options)))


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]), processes=int(sys.argv[3]))
