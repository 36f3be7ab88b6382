"""Training of the row in hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import islice

from rnnbench.contracts.values import said, scalar
from rnnbench.worker.learning.during_training import OnTheWay
from rnnbench.worker.learning.tally import finite
from rnnbench.worker.learning.validation import Validation
from rnnbench.worker.row.prepared_row import PreparedRow

#: Points of a learning curve.
CURVE_POINTS = 50
#: Seconds between two messages on the progress of a training.
PROGRESS_INTERVAL = 0.25


def train(
    row: PreparedRow,
    seed: int,
    progress: Callable[[int], None],
    validation: Validation | None = None,
    on_the_way: OnTheWay | None = None,
) -> list[tuple[int, float]]:
    """Train for the row's steps on the stream of ``seed``; return the learning curve.

    Args:
        row: what is trained.
        seed: of the data.
        progress: is told how many steps are done.
        validation: scores the row at the points of the curve, and may stop the training.
        on_the_way: scores it on held-out data, which changes nothing.

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
        if on_the_way is not None:
            on_the_way.after(step)
        if step == 1 or step % every == 0 or step == row.steps:
            what = f"loss at step {step}"
            found = said(row.who, f"the {what}", row.backend.numpy(loss), scalar)
            curve.append((step, finite(found, what)))
            if validation is not None and validation.after(step):
                break
        if time.monotonic() - told > PROGRESS_INTERVAL:
            told = time.monotonic()
            progress(step)
    row.program.wait()
    return curve
