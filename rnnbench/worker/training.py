"""Training and evaluation of the row in hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import islice

from rnnbench.errors import Diverged
from rnnbench.worker.prepared_row import PreparedRow

#: Points of a learning curve.
CURVE_POINTS = 50
#: Seconds between two messages on the progress of a training.
PROGRESS_INTERVAL = 0.25


def train(row: PreparedRow, seed: int, progress: Callable[[int], None]) -> list[tuple[int, float]]:
    """Train for the row's steps on the stream of ``seed``; return the learning curve."""
    curve: list[tuple[int, float]] = []
    every = max(1, row.steps // CURVE_POINTS)
    state, told = row.zero_state, time.monotonic()
    batches = islice(row.built.task.training(row.batch, seed), row.steps)
    for step, batch in enumerate(batches, 1):
        loss, new_state = row.program.train_step(state, row.backend.put(batch))
        if row.built.task.carries_state:
            state = new_state
        if step == 1 or step % every == 0 or step == row.steps:
            curve.append((step, finite(float(row.backend.numpy(loss)), f"loss at step {step}")))
        if time.monotonic() - told > PROGRESS_INTERVAL:
            told = time.monotonic()
            progress(step)
    row.program.wait()
    return curve


def evaluate(row: PreparedRow, progress: Callable[[], None]) -> float:
    """Return the score on the held-out batches; ``progress`` is called now and then."""
    task, total, count = row.built.task, 0.0, 0.0
    state, told = row.zero_state, time.monotonic()
    for batch in task.testing(row.batch):
        outputs, new_state = row.program.forward(state, row.backend.put(batch))
        if task.carries_state:
            state = new_state
        part, size = task.measure(row.backend.numpy(outputs), batch)
        total, count = total + part, count + size
        if time.monotonic() - told > PROGRESS_INTERVAL:
            told = time.monotonic()
            progress()
    return finite(task.score(total / count), "score")


def finite(value: float, what: str) -> float:
    """Return the value.

    Raises:
        Diverged: if it is not a finite number.
    """
    if not abs(value) <= 1e100:  # nan is neither
        raise Diverged(f"the training diverged: the {what} is {value}")
    return value
