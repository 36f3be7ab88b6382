"""Validation on the way of a training: the best weights are kept, and it may stop early."""

from __future__ import annotations

import time

from rnnbench.models.arrays.trees import Params
from rnnbench.models.training.early_stopping import EarlyStopping
from rnnbench.worker.learning.evaluation import scored
from rnnbench.worker.row.prepared_row import PreparedRow


class Validation:
    """Scores a row on its validation data now and then; none of that is training time.

    Attributes:
        stopping: which step was best, and when it is over.
        seconds: how long all of it took.
        stopped: the step after which the training was stopped, None if it went to its end.
    """

    def __init__(self, row: PreparedRow, patience: int) -> None:
        """Score nothing yet."""
        self.row = row
        self.stopping = EarlyStopping(patience, row.built.task.higher_is_better)
        self.seconds = 0.0
        self.stopped: int | None = None
        self._kept: Params | None = None

    def after(self, step: int) -> bool:
        """Score a row after a step; return whether its training is over."""
        self.row.program.wait()
        start = time.perf_counter()
        batches = self.row.built.task.validation(self.row.batch) or ()
        if self.stopping.improves(step, scored(self.row, batches, "validation()").score()):
            self._kept = self.row.program.params()
        self.seconds += time.perf_counter() - start
        if step < self.row.steps and self.stopping.is_over(step):
            self.stopped = step
        return self.stopped is not None

    def ended(self, seconds: float) -> tuple[float, int, int | None]:
        """Go back to the weights of the best step, when a training has ended.

        Args:
            seconds: how long it took, with what was scored on its way.

        Returns:
            How long training alone took, the best step, and that after which it stopped early.
        """
        if self._kept is not None:
            self.row.program.reset(self._kept)
        return seconds - self.seconds, self.stopping.best, self.stopped


def validation_of(row: PreparedRow) -> Validation | None:
    """Return the validation of a row, None where it trains to the end."""
    patience = row.built.patience
    return None if patience is None else Validation(row, patience)
