"""What is measured of held-out batches: in all, and for each group of examples."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from rnnbench.errors import Diverged
from rnnbench.models.arrays.trees import Batch, along, examples
from rnnbench.plan.comparisons.checked_task import CheckedTask


class Tally:
    """Sums and counts, batch by batch, of one task."""

    def __init__(self, task: CheckedTask) -> None:
        """Begin with nothing."""
        self._task = task
        self._total, self._count = 0.0, 0.0
        self._groups: defaultdict[float, list[float]] = defaultdict(lambda: [0.0, 0.0])

    def add(self, outputs: np.ndarray, batch: Batch) -> None:
        """Measure a batch."""
        total, count = self._task.measure(outputs, batch)
        self._total, self._count = self._total + total, self._count + count
        if self._task.grouped_by:
            self._add_groups(outputs, batch)

    def _add_groups(self, outputs: np.ndarray, batch: Batch) -> None:
        numbers = self._task.groups(batch)
        axis = 0 if self._task.problem.targets == "one" else 1
        for number in np.unique(numbers):
            which = np.flatnonzero(numbers == number)
            total, count = self._task.measure(
                along(outputs, axis, which), examples(batch, which, axis)
            )
            group = self._groups[float(number)]
            group[0], group[1] = group[0] + total, group[1] + count

    def score(self) -> float:
        """Return the score.

        Raises:
            Diverged: if it is not a finite number.
            PluginError: if nothing was counted.
        """
        return finite(self._task.score(self._total, self._count), "score")

    def groups(self) -> list[tuple[float, float]]:
        """Return number and score of each group, ascending."""
        return [
            (number, finite(self._task.score(total, count), "score"))
            for number, (total, count) in sorted(self._groups.items())
            if count
        ]


def finite(value: float, what: str) -> float:
    """Return the value.

    Raises:
        Diverged: if it is not a finite number.
    """
    if not abs(value) <= 1e100:  # nan is neither
        raise Diverged(f"the training diverged: the {what} is {value}")
    return value
