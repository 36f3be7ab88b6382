"""Two functions timed in turn in one process, and the models that the benchmarks share."""

from __future__ import annotations

import time

import numpy as np
import pytest

from rnnbench import stats
from rnnbench.cells.lstm import LSTM
from rnnbench.model import Batch, Model
from rnnbench.optimizer import Optimizer

#: T, B, I, H: a tiny shape where overhead counts, a middle one, and a large one.
SHAPES = {
    "30-32-2-64": (30, 32, 2, 64),
    "100-16-128-128": (100, 16, 128, 128),
    "100-64-128-256": (100, 64, 128, 256),
    "100-64-512-512": (100, 64, 512, 512),
}
RULE = Optimizer("adam", lr=1e-3, clip=1.0)
ROUNDS, BLOCK = 30, 0.05

shapes = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())


def setting(backend, shape, variant):
    """Return ``program, state, batch`` of one LSTM with a read-out at the last step."""
    steps, examples, inputs, hidden = shape
    model = Model(LSTM(), inputs=inputs, outputs=1, hidden=hidden, readout="last", loss="mse")
    program = backend.program(model, model.initial(0), variant, RULE)
    rng = np.random.default_rng(0)
    batch = Batch(rng.standard_normal((steps, examples, inputs)), rng.random((examples, 1)))
    return program, backend.put(model.zero_state(examples)), backend.put(batch)


def compare(benchmark, ours, bare, wait):
    """Time ``ours`` over ``bare`` in alternating blocks; the ratio goes into ``extra_info``."""
    for run in (ours, bare, ours, bare):
        run()
    wait()
    calls = max(1, round(BLOCK / block(ours, 3, wait)))
    found = []
    for turn in range(ROUNDS):
        order = (ours, bare) if turn % 2 else (bare, ours)
        found.append({run: block(run, calls, wait) for run in order})
    ratio = stats.ratio([f[ours] for f in found], [f[bare] for f in found])
    benchmark.extra_info |= {"ratio": ratio.value, "low": ratio.low, "high": ratio.high}
    benchmark.pedantic(lambda: block(ours, calls, wait), rounds=5)


def block(run, calls, wait):
    """Return seconds per call, synchronised at both ends."""
    wait()
    start = time.perf_counter()
    for _ in range(calls):
        run()
    wait()
    return (time.perf_counter() - start) / calls
