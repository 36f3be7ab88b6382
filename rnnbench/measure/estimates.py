"""Estimates with intervals.

A process is the top sampling unit: the same kernel in two fresh processes can differ by several per
cent, which no number of rounds within one of them shows. From three processes on, the interval is
Student's over the medians of the processes, whose scatter contains that of the rounds within them
(Kalibera & Jones, "Rigorous benchmarking in reasonable time", ISMM 2013). With fewer it is that of
the median over their rounds: true of these processes, and no ground for a verdict.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

import msgspec
import numpy as np

#: The confidence of every interval.
CONFIDENCE = 0.95
#: From so many processes on, an interval speaks of the program and not of these processes alone.
FEWEST_PROCESSES = 3


class Estimate(msgspec.Struct, frozen=True):
    """A figure and its interval of confidence; the ends are None where the data can't tell."""

    value: float
    low: float | None = None
    high: float | None = None

    @property
    def precision(self) -> float:
        """Half the width of the interval over the value; infinite where there is none."""
        if self.low is None or self.high is None:
            return math.inf
        return (self.high - self.low) / 2 / self.value


class Effect(msgspec.Struct, frozen=True):
    """A time or a ratio of times, as logarithms.

    Attributes:
        centre: natural logarithm of the figure.
        low, high: of its interval, None where there are too few samples.
        error: standard error between processes, None with fewer than :data:`FEWEST_PROCESSES`.
        freedom: degrees of freedom of ``error``.
    """

    centre: float
    low: float | None = None
    high: float | None = None
    error: float | None = None
    freedom: float = 0.0

    @property
    def estimate(self) -> Estimate:
        """The figure itself."""
        ends = [None if end is None else math.exp(end) for end in (self.low, self.high)]
        return Estimate(math.exp(self.centre), *ends)

    def beyond(self, bound: float) -> float:
        """Return the one-sided p-value for ``centre > bound``, from Student's t.

        Raises:
            ValueError: if there is no ``error``.
        """
        if self.error is None:
            raise ValueError("too few processes for a p-value")
        if self.error == 0:
            return 0.5 if self.centre == bound else float(self.centre < bound)
        from scipy.special import stdtr  # which takes a while to import

        return float(stdtr(self.freedom, (bound - self.centre) / self.error))


def across(groups: Sequence[np.ndarray]) -> Effect | None:
    """Return the centre of logarithms that were sampled in several processes.

    Args:
        groups: one array of samples per process, in which NaN is left out.

    Returns:
        The mean of the processes' medians with Student's interval; with fewer than
        :data:`FEWEST_PROCESSES` the median over all samples with its own. None if a process has no
        sample.
    """
    kept = [group[~np.isnan(group)] for group in groups]
    if not kept or any(group.size == 0 for group in kept):
        return None
    if len(kept) < FEWEST_PROCESSES:
        found = median(np.concatenate(kept))
        return Effect(found.value, found.low, found.high)
    medians = [median_value(group) for group in kept]
    n = len(medians)
    return _student(float(np.mean(medians)), float(np.std(medians, ddof=1)) / math.sqrt(n), n - 1)


def contrast(new: Effect, old: Effect) -> Effect:
    """Return ``new - old`` of two effects that were not measured side by side.

    Welch's t-test, which takes unequal numbers of processes and unequal scatter (Welch 1947). No
    interval if either has too few processes.
    """
    centre = new.centre - old.centre
    if new.error is None or old.error is None:
        return Effect(centre)
    a, b = new.error**2, old.error**2
    spread = a**2 / new.freedom + b**2 / old.freedom
    freedom = (a + b) ** 2 / spread if spread else new.freedom + old.freedom
    return _student(centre, math.sqrt(a + b), freedom)


def _student(centre: float, error: float, freedom: float) -> Effect:
    half = _quantile(freedom) * error
    return Effect(centre, centre - half, centre + half, error, freedom)


@cache
def _quantile(freedom: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + CONFIDENCE) / 2))


def median_value(samples: Sequence[float] | np.ndarray) -> float:
    """Return the median alone."""
    return float(np.median(samples))


def median(samples: Sequence[float] | np.ndarray) -> Estimate:
    """Return the median with its distribution-free interval, from order statistics.

    Of n sorted samples, [x₍ₖ₎, x₍ₙ₊₁₋ₖ₎] covers the median with probability 1 - 2 P(B(n, ½) < k);
    k is the largest for which this is at least :data:`CONFIDENCE` (Conover 1999, section 3.2).
    Fewer than six samples have no such k at 95 %.
    """
    value, k = median_value(samples), _order(len(samples))
    if k == 0:
        return Estimate(value)
    ordered = np.sort(samples)
    return Estimate(value, float(ordered[k - 1]), float(ordered[-k]))


@cache
def _order(n: int) -> int:
    """Return the largest k with P(B(n, ½) < k) ≤ (1 - confidence) / 2, 0 if there is none."""
    k, below = 0, 1  # below is 2ⁿ P(B ≤ k)
    while below / 2**n <= (1 - CONFIDENCE) / 2:
        k += 1
        below += math.comb(n, k)
    return k


def mean(samples: Sequence[float]) -> Estimate:
    """Return the mean with Student's t interval; a single sample has none."""
    n = len(samples)
    value = float(np.mean(samples))
    if n < 2:
        return Estimate(value)
    found = _student(value, float(np.std(samples, ddof=1)) / math.sqrt(n), n - 1)
    return Estimate(value, found.low, found.high)
