"""Samples in groups of unequal sizes, and a statistic of all groups at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np

#: One number per line of a matrix.
Statistic = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Groups:
    """Samples in groups, those of one group after those of another.

    Attributes:
        values: all samples, shape (samples,).
        sizes: how many belong to each group, shape (groups,).
    """

    values: np.ndarray
    sizes: np.ndarray

    @classmethod
    def of(cls, groups: Sequence[Collection[float] | np.ndarray]) -> Groups:
        """Put one-dimensional arrays or lists in one."""
        counts = sizes(groups)
        return cls(np.fromiter(chain.from_iterable(groups), float, counts.sum()), counts)

    @cached_property
    def starts(self) -> np.ndarray:
        """Where each group begins in ``values``, shape (groups,)."""
        return np.asarray(np.cumsum(self.sizes) - self.sizes)

    @cached_property
    def owners(self) -> np.ndarray:
        """The group of each sample, shape (samples,)."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    @property
    def places(self) -> np.ndarray:
        """The place of each sample in its group, from 0, shape (samples,)."""
        return np.asarray(np.arange(len(self.values)) - self.starts[self.owners])

    def changed(self, values: np.ndarray) -> Groups:
        """Return other samples in the same groups."""
        return Groups(values, self.sizes)

    def known(self) -> Groups:
        """Return the samples that are not NaN; groups may be left empty."""
        kept = ~np.isnan(self.values)
        return Groups(self.values[kept], self.count(kept))

    def count(self, chosen: np.ndarray) -> np.ndarray:
        """Return how many samples of each group are chosen, from one boolean per sample."""
        return np.bincount(self.owners[chosen], minlength=len(self.sizes))

    def joined(self, counts: np.ndarray) -> Groups:
        """Return the same samples in larger groups, each of so many that follow each other."""
        ends = np.concatenate([[0], np.cumsum(self.sizes)])[np.cumsum(counts)]
        return Groups(self.values, np.diff(ends, prepend=0))

    def by_size(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield the groups of each size, but for empty ones.

        A statistic along the lines of a matrix is, to the last bit, that of each line alone.

        Yields:
            Which groups they are, and where their samples are in ``values``, one line per group.
        """
        for size in np.flatnonzero(np.bincount(self.sizes[self.sizes > 0])):
            which = np.flatnonzero(self.sizes == size)
            yield which, self.starts[which, None] + np.arange(size)

    def each(self, statistic: Statistic) -> np.ndarray:
        """Return a statistic of each group, NaN of an empty one, shape (groups,)."""
        found = np.full(len(self.sizes), np.nan)
        for which, places in self.by_size():
            found[which] = statistic(self.values[places])
        return found


def sizes(lists: Iterable[Sized]) -> np.ndarray:
    """Return the lengths of lists, shape (lists,)."""
    return np.array([len(each) for each in lists], int)


def mean(matrix: np.ndarray) -> np.ndarray:
    """Return the mean of each line."""
    return np.asarray(np.mean(matrix, axis=1))


def median(matrix: np.ndarray) -> np.ndarray:
    """Return the median of each line."""
    return np.asarray(np.median(matrix, axis=1))
