"""What is measured of held-out batches: in all, and for each group of examples."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from rnnbench.errors import Diverged
from rnnbench.models.arrays.trees import Batch, along, examples
from rnnbench.plan.comparisons.checked_task import CheckedTask


class Sums:
    """What batches came to.

    Attributes:
        total: the sum, or several ``(S,)``.
        count: what it is divided by.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.total: float | np.ndarray = 0.0
        self.count = 0.0

    def add(self, total: float | np.ndarray, count: float) -> None:
        """Add what one batch came to."""
        self.total, self.count = self.total + total, self.count + count


class Tally:
    """Sums and counts, batch by batch, of one task."""

    def __init__(self, task: CheckedTask) -> None:
        """Begin with nothing."""
        self._task = task
        self._sums = Sums()
        self._groups: defaultdict[float, Sums] = defaultdict(Sums)

    def add(self, outputs: np.ndarray, batch: Batch) -> None:
        """Measure a batch."""
        self._sums.add(*self._task.measure(outputs, batch))
        if self._task.grouped_by:
            self._add_groups(outputs, batch)

    def _add_groups(self, outputs: np.ndarray, batch: Batch) -> None:
        numbers = self._task.groups(batch)
        axis = self._task.problem.examples_axis
        for number in np.unique(numbers):
            which = np.flatnonzero(numbers == number)
            some = along(outputs, axis, which), examples(batch, which, axis)
            self._groups[float(number)].add(*self._task.measure(*some))

    def score(self) -> float:
        """Return the score.

        Raises:
            Diverged: if it is not a finite number.
            PluginError: if nothing was counted.
        """
        return self._score(self._sums)

    def groups(self) -> list[tuple[float, float]]:
        """Return number and score of each group, ascending."""
        return [
            (number, self._score(sums))
            for number, sums in sorted(self._groups.items(), key=lambda item: item[0])
            if sums.count
        ]

    def _score(self, sums: Sums) -> float:
        return finite(self._task.score(sums.total, sums.count), "score")


def finite(value: float, what: str) -> float:
    """Return the value.

    Raises:
        Diverged: if it is not a finite number.
    """
    if not abs(value) <= 1e100:  # nan is neither
        raise Diverged(f"the training diverged: the {what} is {value}")
    return value
