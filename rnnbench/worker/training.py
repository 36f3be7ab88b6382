"""Training and evaluation of the row in hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import islice

import numpy as np

from rnnbench.contracts.generation import generate
from rnnbench.contracts.values import said, scalar
from rnnbench.models.arrays.trees import Batch, States
from rnnbench.system import strangers
from rnnbench.worker.prepared_row import PreparedRow
from rnnbench.worker.tally import Tally, finite

#: Points of a learning curve.
CURVE_POINTS = 50
#: Seconds between two messages on the progress of a training.
PROGRESS_INTERVAL = 0.25


def train(row: PreparedRow, seed: int, progress: Callable[[int], None]) -> list[tuple[int, float]]:
    """Train for the row's steps on the stream of ``seed``; return the learning curve.

    Raises:
        Diverged: if a loss is no finite number.
        PluginError: if it is no number at all, or the stream is not what it must be.
    """
    curve: list[tuple[int, float]] = []
    every = max(1, row.steps // CURVE_POINTS)
    state, told = row.zero_state, time.monotonic()
    batches = islice(row.built.training(row.batch, seed), row.steps)
    for step, batch in enumerate(batches, 1):
        loss, new_state = row.program.train_step(state, row.backend.put(batch))
        if row.built.carries_state:
            state = new_state
        if step == 1 or step % every == 0 or step == row.steps:
            what = f"loss at step {step}"
            found = said(row.who, f"the {what}", row.backend.numpy(loss), scalar)
            curve.append((step, finite(found, what)))
        if time.monotonic() - told > PROGRESS_INTERVAL:
            told = time.monotonic()
            progress(step)
    row.program.wait()
    return curve


def evaluate(row: PreparedRow) -> Tally:
    """Return what is scored on the held-out batches."""
    task, tally = row.built.task, Tally(row.built.task)
    state = row.zero_state
    for number, batch in enumerate(task.testing(row.batch), 1):
        what = f"evaluation of batch {number} of testing() of {task.who}"
        with strangers.in_hand(row.who, what):  # who waits for its end must see what does not end
            outputs, new_state = answer(row, state, batch)
        if task.carries_state:
            state = new_state
        tally.add(outputs, batch)
    return tally


def answer(row: PreparedRow, state: States, batch: Batch) -> tuple[np.ndarray, States]:
    """Return the outputs for a held-out batch, as its task has them evaluated, and the state."""
    if row.built.task.evaluation == "generated":
        return generate(row.backend, row.program, row.built.model.spec.problem, batch), state
    outputs, state = row.program.forward(state, row.backend.put(batch))
    return row.backend.numpy(outputs), state
