"""A task under test: its batches, and what each of their examples scores."""

from __future__ import annotations

from itertools import islice
from typing import ClassVar

import numpy as np

from rnnbench.conformance.padding import example_of
from rnnbench.contracts.task import Task
from rnnbench.models.arrays.trees import Batch, along
from rnnbench.models.padding import mask_of
from rnnbench.oracle.differentiable_numpy import NumpyNamespace


class TaskUnderTest:
    """The task that a kit's tests are about.

    Attributes:
        task: the task under test, with options that make it small.
        batch: the examples of a batch that the tests ask for; two at least.
    """

    task: ClassVar[Task]
    batch: ClassVar[int] = 8

    def there(self, batch: Batch) -> np.ndarray | None:
        """Return which targets are no padding ``(T, B)``, None where all count."""
        kind = self.task.problem.targets
        lengths = batch.target_lengths if kind == "sequence" else batch.lengths
        if kind == "one" or lengths is None:
            return None
        return np.asarray(mask_of(NumpyNamespace(), len(batch.targets), lengths))

    def example_axis(self) -> int:
        """Return the axis of targets along which examples lie."""
        return 0 if self.task.problem.targets == "one" else 1

    def summed(self, outputs: np.ndarray, batch: Batch) -> np.ndarray:
        """Return the sums of a batch, and last its count ``(S + 1,)``."""
        return np.append(*self.task.measure(outputs, batch))

    def measured(self, outputs: np.ndarray, batch: Batch) -> list[np.ndarray]:
        """Return the sums and the count of every example."""
        axis = self.example_axis()
        return [
            self.summed(along(outputs, axis, slice(k, k + 1)), example_of(batch, k, axis))
            for k in range(batch.inputs.shape[1])
        ]

    def draw(self, task: Task) -> None:
        """Do with a task what a run does, but for training."""
        task.check(self.batch)
        first = next(iter(task.training(self.batch, 0)))
        for batch in (first, *islice(task.testing(self.batch), 1)):
            task.finish(*task.measure(perfect(task, batch), batch))


def perfect(task: Task, batch: Batch) -> np.ndarray:
    """Return the outputs of a predictor that knows the targets."""
    if task.problem.loss == "mse":
        return np.array(batch.targets)
    if task.problem.loss == "bernoulli":
        return np.where(np.asarray(batch.targets) > 0, 50.0, -50.0)
    return np.where(batch.targets[..., None] == np.arange(task.problem.outputs), 50.0, -50.0)
