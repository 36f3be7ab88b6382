"""The batches of a timed row, as own arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from rnnbench.models.arrays.trees import Batch
from rnnbench.oracle.audit.block import BATCHES


class Batches:
    """The first batches of a stream, gone through from the start in every turn.

    As many as a turn has calls, so that what a program keeps by batch is of no use within it; from
    one turn to the next weights and state are others.

    Attributes:
        first: the first of them, as the task has made it.
    """

    first: Batch

    def __init__(self, stream: Iterator[Batch], put: Callable[[Batch], Batch]) -> None:
        self._stream, self._put = stream, put
        self._own: list[Batch] = []
        self._next = 0

    def begin(self, count: int) -> None:
        """Begin with the first again, and have at least ``count``, but no more than are allowed."""
        count = min(count, BATCHES)
        for batch in islice(self._stream, max(0, count - len(self._own))):
            if not self._own:
                self.first = batch
            self._own.append(self._put(batch))
        self._next = 0

    def __next__(self) -> Batch:
        batch = self._own[self._next]
        self._next = (self._next + 1) % len(self._own)
        return batch
