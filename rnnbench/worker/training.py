"""Training and evaluation of the row in hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import islice

from rnnbench.errors import Diverged
from rnnbench.worker.job import Job

#: Points of a learning curve.
CURVE_POINTS = 50
#: Seconds between two messages on the progress of a training.
PROGRESS_INTERVAL = 0.25


def train(job: Job, seed: int, progress: Callable[[int], None]) -> list[tuple[int, float]]:
    """Train for the job's steps on the stream of ``seed``; return the learning curve."""
    curve: list[tuple[int, float]] = []
    every = max(1, job.steps // CURVE_POINTS)
    state, told = job.zero_state, time.monotonic()
    batches = islice(job.built.task.training(job.batch, seed), job.steps)
    for step, batch in enumerate(batches, 1):
        loss, new_state = job.program.train_step(state, job.backend.put(batch))
        if job.built.task.carries_state:
            state = new_state
        if step == 1 or step % every == 0 or step == job.steps:
            curve.append((step, finite(float(job.backend.numpy(loss)), f"loss at step {step}")))
        if time.monotonic() - told > PROGRESS_INTERVAL:
            told = time.monotonic()
            progress(step)
    job.program.wait()
    return curve


def evaluate(job: Job, progress: Callable[[], None]) -> float:
    """Return the score on the held-out batches; ``progress`` is called now and then."""
    task, total, count = job.built.task, 0.0, 0.0
    state, told = job.zero_state, time.monotonic()
    for batch in task.testing(job.batch):
        outputs, new_state = job.program.forward(state, job.backend.put(batch))
        if task.carries_state:
            state = new_state
        part, size = task.measure(job.backend.numpy(outputs), batch)
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
