"""The promises of a task: the same batches for everyone, and a score that means what it says."""

from __future__ import annotations

from rnnbench.conformance.surroundings import Conformance
from rnnbench.conformance.tasks.batches import Batches
from rnnbench.conformance.tasks.declarations import Declarations
from rnnbench.conformance.tasks.scores import Scores


class TaskConformance(Batches, Scores, Declarations, Conformance):
    """The promises of a task; ``task`` is the one, ``batch`` how many examples are asked for."""

    def exercise(self) -> None:
        """Draw batches, train on none, and score them."""
        self.draw(self.task)
