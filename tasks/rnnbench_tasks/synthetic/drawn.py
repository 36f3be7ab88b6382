"""Tasks whose examples are drawn, not read."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rnnbench import Batch, Task
from rnnbench_tasks.randomness import testing_rng, training_rng, validation_rng

#: At least so many examples are held out; the last batch is filled up.
TEST_EXAMPLES, VALIDATION_EXAMPLES = 1024, 256


@dataclass(frozen=True)
class Synthetic(Task):
    """A task that can draw as many independent examples as are wanted."""

    @abstractmethod
    def draw(self, rng: np.random.Generator, batch: int) -> Batch:
        """Draw a batch of so many examples."""

    def training(self, batch: int, seed: int) -> Iterator[Batch]:
        """Yield fresh examples without end."""
        rng = training_rng(seed)
        while True:
            yield self.draw(rng, batch)

    def testing(self, batch: int) -> Iterator[Batch]:
        """Yield :data:`TEST_EXAMPLES` examples, rounded up to whole batches."""
        return self.some(testing_rng(), TEST_EXAMPLES, batch)

    def validation(self, batch: int) -> Iterator[Batch]:
        """Yield :data:`VALIDATION_EXAMPLES` others, likewise."""
        return self.some(validation_rng(), VALIDATION_EXAMPLES, batch)

    def some(self, rng: np.random.Generator, examples: int, batch: int) -> Iterator[Batch]:
        """Yield so many examples, rounded up to whole batches."""
        for _ in range(-(-examples // batch)):
            yield self.draw(rng, batch)
