"""Estimates with intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

import msgspec
import numpy as np

#: The confidence of every interval.
CONFIDENCE = 0.95


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


def median_value(samples: Sequence[float]) -> float:
    """Return the median alone."""
    return float(np.median(samples))


def median(samples: Sequence[float]) -> Estimate:
    """Return the median with its distribution-free interval, from order statistics.

    Of n sorted samples, [x₍ₖ₎, x₍ₙ₊₁₋ₖ₎] covers the median with probability 1 - 2 P(B(n, ½) < k);
    k is the largest for which this is at least :data:`CONFIDENCE` (Conover 1999, section 3.2).
    Fewer than six samples have no such k at 95 %.
    """
    value, k = median_value(samples), _order(len(samples))
    if k == 0:
        return Estimate(value)
    ordered = sorted(samples)
    return Estimate(value, ordered[k - 1], ordered[-k])


@cache
def _order(n: int) -> int:
    """Return the largest k with P(B(n, ½) < k) ≤ (1 - confidence) / 2, 0 if there is none."""
    k, below = 0, 1  # below is 2ⁿ P(B ≤ k)
    while below / 2**n <= (1 - CONFIDENCE) / 2:
        k += 1
        below += math.comb(n, k)
    return k


def ratio(samples: Sequence[float], base: Sequence[float]) -> Estimate:
    """Return the median of the ratios of samples that were taken in the same rounds."""
    return median([a / b for a, b in zip(samples, base, strict=True)])


def mean(samples: Sequence[float]) -> Estimate:
    """Return the mean with Student's t interval; a single sample has none."""
    n = len(samples)
    value = float(np.mean(samples))
    if n < 2:
        return Estimate(value)
    from scipy.special import stdtrit  # which takes a while to import

    half = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2) * np.std(samples, ddof=1) / math.sqrt(n))
    return Estimate(value, value - half, value + half)
