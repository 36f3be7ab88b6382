"""Scores on held-out data on the way of a training: when a target is reached."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from itertools import islice

from rnnbench.errors import Diverged
from rnnbench.models.arrays.trees import Batch
from rnnbench.worker.learning.evaluation import scored
from rnnbench.worker.row.prepared_row import PreparedRow

#: Of the held-out batches so many are scored at most: to score all is the end's.
BATCHES = 8


class OnTheWay:
    """Scores a row on some of its held-out data now and then; none of that is training time.

    Which data, and after which steps, is the same for all rows and seeds. A program only computes
    forward passes, so what it learns is the same as without.

    Attributes:
        scores: pairs of step and score; a score that is no finite number is left out.
        seconds: how long all of it took.
    """

    def __init__(self, row: PreparedRow, every: int) -> None:
        """Score nothing yet; ``every`` is from how many steps to how many, 0 for never."""
        self.row = row
        self.every = every
        self.scores: list[tuple[int, float]] = []
        self.seconds = 0.0
        self._batches: list[Batch] = []

    def after(self, step: int) -> None:
        """Score a row after a step, but for the last one, after which all the data are."""
        if not self.every or step % self.every or step == self.row.steps:
            return
        self.row.program.wait()
        start, task = time.perf_counter(), self.row.built.task
        if not self._batches:
            self._batches = some(task.testing(self.row.batch), task.carries_state)
        with suppress(Diverged):  # it may still end well
            self.scores.append((step, scored(self.row, self._batches, "testing()").score()))
        self.seconds += time.perf_counter() - start


def some(batches: Iterable[Batch], continued: bool) -> list[Batch]:
    """Return up to :data:`BATCHES` batches that lie equally far apart, from the first one on.

    Args:
        batches: all there are, as many as that may be; no more than these few are kept.
        continued: whether each goes on where the last one ended, so that only the first will do.
    """
    if continued:
        return list(islice(batches, BATCHES))
    kept: list[Batch] = []
    apart = 1
    for number, batch in enumerate(batches):
        if number % apart == 0:
            kept.append(batch)
        if len(kept) > BATCHES:
            kept, apart = kept[::2], 2 * apart
    return kept
