"""Estimates with intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence

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

    The interval [x₍ⱼ₎, x₍ₖ₎] covers the median with the probability that a binomial B(n, ½)
    variable falls between (Conover 1999, section 3.2). Fewer than six samples give none at 95 %.
    """
    from scipy.stats import quantile_test

    interval = quantile_test(samples, p=0.5).confidence_interval(CONFIDENCE)
    value = median_value(samples)
    if not (math.isfinite(interval.low) and math.isfinite(interval.high)):
        return Estimate(value)
    return Estimate(value, float(interval.low), float(interval.high))


def ratio(samples: Sequence[float], base: Sequence[float]) -> Estimate:
    """Return the median of the ratios of samples that were taken in the same rounds."""
    return median([a / b for a, b in zip(samples, base, strict=True)])


def mean(samples: Sequence[float]) -> Estimate:
    """Return the mean with Student's t interval; a single sample has none."""
    from scipy.special import stdtrit

    n = len(samples)
    value = float(np.mean(samples))
    if n < 2:
        return Estimate(value)
    half = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2) * np.std(samples, ddof=1) / math.sqrt(n))
    return Estimate(value, value - half, value + half)
