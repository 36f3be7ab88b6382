"""What the harness itself costs, with a fake backend: nothing of it lies within a timed block."""

import random
import sys
import time

import numpy as np
import pytest
from msgspec.structs import replace
from specimens import CHECKED, COMPARISON, PREPARED, RUN, TIMING

from rnnbench.report.progress import display
from rnnbench.report.progress.display import Display
from rnnbench.running.recording import timed_row
from rnnbench.running.timing.rounds import TimedProcess, steady_starts, worst_precision
from rnnbench.running.workers.pool import Pool, Slot
from rnnbench.schema.messages.opening import Opened
from rnnbench.schema.messages.timing import Finished, Prepare, Prepared, Turn, Turned
from rnnbench.schema.row import Row
from rnnbench.schema.sample import Sample
from rnnbench.system.counters import Counters

SLOT = Slot(Row("fake", "good"), 0)
ROWS, ROUNDS = 4, 50


@pytest.fixture
def pool(fake, tmp_path):
    """A pool of one worker that is ready to be timed."""
    made = Pool([], threads=1, folder=tmp_path, timeout=60)
    assert isinstance(made.open([SLOT])[SLOT], Opened)
    assert isinstance(made.ask(SLOT, Prepare(COMPARISON, SLOT.row.variant, 0), Prepared), Prepared)
    yield made
    made.close()


@pytest.fixture
def processes():
    """Rows that have played some rounds, each time taken at random."""
    rng = random.Random(0)

    def sample():
        return Sample(5, rng.randint(40_000_000, 60_000_000), 50_000_000, 3, 1000, 0)

    rows = [Row("fake", str(number)) for number in range(ROWS)]
    turns = {row: [Turned(*(sample() for _ in range(4))) for _ in range(ROUNDS)] for row in rows}
    return [TimedProcess(row, CHECKED, PREPARED, None, turns[row]) for row in rows]


def test_a_turn_beside_what_is_timed_in_it(benchmark, pool, rounds):
    """Resuming, two messages, the counters, suspending; less the four samples themselves."""
    beside = []

    def turn():
        start = time.perf_counter()
        turned = pool.ask(SLOT, Turn(1, 1), Turned, bool)
        seconds = time.perf_counter() - start
        samples = (turned.first_step, turned.steps, turned.first_forward, turned.forwards)
        beside.append(seconds - 1e-9 * sum(sample.wall_ns for sample in samples))

    benchmark.pedantic(turn, rounds=10 * rounds)
    benchmark.extra_info["beside_ms"] = 1e3 * float(np.median(beside))


def test_reading_the_counters(benchmark):
    benchmark(Counters.read)


def test_judging_the_precision_after_a_round(benchmark, processes):
    benchmark(worst_precision, processes)


def test_judging_whether_rows_are_steady_at_the_end(benchmark, processes):
    benchmark(steady_starts, processes)


def test_showing_a_round_on_a_terminal(benchmark, processes, monkeypatch):
    """What is found so far, from the samples to the screen; at most a fiftieth of the time."""
    for name, value in {"TERM": "xterm", "COLUMNS": "100"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(display, "DRAW_INTERVAL", 0.0)
    monkeypatch.setattr(display, "DRAW_SHARE", 1e9)
    ends = [Finished(None, None)]
    steady = steady_starts(processes)

    def so_far():
        steady_starts(processes)
        rows = [timed_row(one.row, [one], ends, steady[one.row]) for one in processes]
        return [RUN, replace(TIMING, rows=rows)]

    cpu = []
    with Display([], 1) as view:
        view.stage("timing", RUN.plan.comparisons[0], 10.0)

        def show():
            start = time.process_time()
            view.advance(0.5, so_far)
            cpu.append(time.process_time() - start)

        benchmark(show)
    benchmark.extra_info["cpu_ms"] = 1e3 * float(np.median(cpu))


def test_a_round_that_is_not_shown(benchmark, monkeypatch):
    monkeypatch.setattr(display, "DRAW_INTERVAL", 1e9)
    with Display([], 1) as view:
        view.stage("timing", RUN.plan.comparisons[0], 10.0)
        benchmark(view.advance, 0.5, list)
