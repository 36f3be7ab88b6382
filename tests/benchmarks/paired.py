"""Two ways to run the same thing, timed in turn in one process."""

from __future__ import annotations

import time
from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.kernel import COUNT, setting
from rnnbench.measure import estimates
from rnnbench.models.cells.gated.gru import GRU
from rnnbench.models.cells.gated.lstm import LSTM
from rnnbench.models.cells.simple.elman import Elman
from rnnbench.models.networks.stack import Stack
from rnnbench.running.timing.rounds import FORWARD_BLOCK, STEP_BLOCK
from rnnbench.schema.messages.timing import Turn
from rnnbench.worker.data.batches import Batches
from rnnbench.worker.row import prepared_row
from rnnbench.worker.row.warm_up import warm

#: T, B, I, H: a tiny shape where overhead counts, a middle one, and large ones.
SHAPES = {
    "30-32-2-64": (30, 32, 2, 64),
    "100-16-128-128": (100, 16, 128, 128),
    "100-64-128-256": (100, 64, 128, 256),
    "100-64-512-512": (100, 64, 512, 512),
}


CELLS = {"lstm": LSTM(), "gru": GRU(), "elman": Elman()}
#: What is composed, and of how many layers; for shapes with I = H, where all layers cost the same.
FORMS = {
    "bidirectional": ({"network": Stack(bidirectional="sum")}, 2),
    "stacked": ({"layers": 2}, 2),
    "masked": ({"lengths": True}, 1),
}


def parametrized(*names):
    return pytest.mark.parametrize("shape", [SHAPES[name] for name in names], ids=names)


shapes = parametrized(*SHAPES)
three_shapes = parametrized("100-16-128-128", "100-64-128-256", "100-64-512-512")
cells = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
forms = pytest.mark.parametrize("form", FORMS)
two_shapes = parametrized("100-16-128-128", "100-64-512-512")
#: Which block of a turn is held against a loop.
kinds = pytest.mark.parametrize("kind", ["steps", "forwards"])


def compare(benchmark, ours, bare, wait, rounds):
    """Time ``ours`` over ``bare``."""
    for run in (ours, bare, ours, bare):
        run()
    calls = max(1, round(STEP_BLOCK / block(ours, 3, wait)))
    report(benchmark, lambda: block(ours, calls, wait), lambda: block(bare, calls, wait), rounds)


def speed_up(benchmark, backend, shape, variants, cell, rounds):
    """Time the second of two variants over the first: how many times faster the first one is."""
    backend.configure(COUNT)
    fast, slow = (setting(backend, shape, variant, cell) for variant in variants)

    def wait():
        fast.program.wait()
        slow.program.wait()

    compare(benchmark, slow.step, fast.step, wait, rounds)


def composed(benchmark, backend, shape, variant, form, rounds):
    """Time a composed network over as many calls of one layer as it has layers."""
    backend.configure(COUNT)
    options, count = FORMS[form]
    whole, part = setting(backend, shape, variant, **options), setting(backend, shape, variant)

    def parts():
        for _ in range(count):
            part.step()

    def wait():
        whole.program.wait()
        part.program.wait()

    compare(benchmark, whole.step, parts, wait, rounds)


def fidelity(benchmark, backend, shape, variant, kind, rounds):
    """Time a block of whole turns over a loop that anybody would write, and that goes on.

    A turn has what precedes its blocks in a run, too: the weights that it begins with are drawn.
    """
    backend.configure(COUNT)
    program, state, batch, model = setting(backend, shape, variant)
    built = SimpleNamespace(carries_state=False, model=model)
    batches = Batches(iter([batch]), lambda own: own)
    batches.begin(1)
    timed = prepared_row.PreparedRow(built, backend, program, shape[1], 0, state, batches, None)
    for first in (timed.step, timed.forward):  # what it takes once has no part in how many fit
        first()
    steps = max(1, round(STEP_BLOCK / warm(program, timed.step)))
    forwards = max(1, round(FORWARD_BLOCK / warm(program, timed.forward)))
    call, calls = {
        "steps": (program.train_step, steps),
        "forwards": (program.forward, forwards),
    }[kind]
    benchmark.extra_info |= {"calls": calls}
    draws = count()

    def harness():
        turn = Turn(steps, forwards, next(draws))
        timed.set_back(turn)
        return getattr(timed.turn(turn), kind).seconds

    def bare():
        loop = lambda: call(state, batch)  # noqa: E731
        block(loop, steps, program.wait)
        return block(loop, calls, program.wait)

    report(benchmark, harness, bare, rounds)


def report(benchmark, first, second, rounds):
    """Call two functions that return seconds in turn; their ratio goes into ``extra_info``."""
    found = []
    for turn in range(rounds):
        order = (first, second) if turn % 2 else (second, first)
        seconds = {run: run() for run in order}
        found.append(np.log(seconds[first] / seconds[second]))
    ratio = estimates.across([np.array(found)]).estimate
    benchmark.extra_info |= {"ratio": ratio.value, "low": ratio.low, "high": ratio.high}
    benchmark.extra_info["ratios"] = np.exp(found).tolist()  # for --benchmark-json
    benchmark.pedantic(first, rounds=5)


def block(run, calls, wait):
    """Return seconds per call, synchronised at both ends."""
    wait()
    start = time.perf_counter()
    for _ in range(calls):
        run()
    wait()
    return (time.perf_counter() - start) / calls
