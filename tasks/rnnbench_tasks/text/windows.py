"""A text as sequences that end, cut into windows of which a batch says which begin one."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from rnnbench import Batch


@dataclass(frozen=True, eq=False)
class Windows:
    """The windows of a text in their order, W of them; none reaches beyond the end of its sequence.

    Attributes:
        tokens: what ends a sequence, and then the text, ``(N+1,)``.
        steps: T, of the longest window.
        first: where in ``tokens`` the inputs of each begin ``(W,)``.
        lengths: their steps ``(W,)``; the targets are one step later.
        begins: which of them begin a sequence ``(W,)``.
    """

    tokens: np.ndarray
    steps: int
    first: np.ndarray
    lengths: np.ndarray
    begins: np.ndarray

    def batch(self, which: np.ndarray) -> Batch:
        """Return some windows ``(B,)`` as a batch; of those that begin a sequence it says so."""
        lengths, step = self.lengths[which], np.arange(self.steps)[:, None]
        there = step < lengths  # (T, B)
        places = np.where(there, self.first[which] + step, 0)
        inputs, targets = (
            np.where(there, self.tokens[places + later], 0).astype(np.int64) for later in (0, 1)
        )
        return Batch(inputs, targets, lengths, resets=self.begins[which])

    def shared(self, readers: int, order: np.ndarray | None = None) -> list[np.ndarray]:
        """Return the windows that each of so many readers goes through, whole sequences all.

        Args:
            readers: how many there are.
            order: numbers of all sequences, None for their own order. In it each goes to the reader
                who has the fewest windows so far.
        """
        beginnings = np.flatnonzero(self.begins)
        counts = np.diff(np.append(beginnings, len(self.first)))
        heap = [(0, reader) for reader in range(readers)]
        taken: list[list[np.ndarray]] = [[np.zeros(0, np.int64)] for _ in range(readers)]
        for number in range(len(counts)) if order is None else order:
            has, reader = heap[0]
            heapq.heapreplace(heap, (has + int(counts[number]), reader))
            taken[reader].append(beginnings[number] + np.arange(counts[number]))
        return [np.concatenate(parts) for parts in taken]


def windows(tokens: np.ndarray, end: int, times: int, steps: int) -> Windows:
    """Return a text as windows.

    Args:
        tokens: the text ``(N,)``.
        end: the token that ends a sequence, and stands before the first symbol of each.
        times: how many of them in a row do; those that follow belong to the same sequence.
        steps: T.
    """
    is_end = tokens == end
    runs = np.arange(1, len(tokens) + 1)  # how many of them end with each symbol
    runs = runs - np.maximum.accumulate(np.where(is_end, 0, runs))
    last = (runs >= times) & np.append(~is_end[1:], True)
    stops = np.union1d(np.flatnonzero(last) + 1, [len(tokens)])
    begins = np.concatenate([[0], stops[:-1]])
    each = [np.arange(begin, stop, steps) for begin, stop in zip(begins, stops, strict=True)]
    first = np.concatenate(each)
    left = np.repeat(stops, [len(part) for part in each]) - first
    shifted = np.append(np.asarray([end], tokens.dtype), tokens)
    return Windows(shifted, steps, first, np.minimum(left, steps), np.isin(first, begins))
