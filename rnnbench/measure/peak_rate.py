"""The rate that a device can reach at most, from samples of matrix products."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from rnnbench.measure import estimates
from rnnbench.measure.estimates import Estimate
from rnnbench.measure.ratios import clean_times
from rnnbench.schema.records.peak import Peak

#: A rate is no measure of anything unless it is known to such a share of itself.
WIDEST = 0.5


def rate(peaks: Sequence[Peak]) -> Estimate | None:
    """Return the rate of a backend's matrix product, in GFLOP/s.

    The samples of all moments are judged together, so that what is quiet at one of them tells what
    was not at another. A moment is a sampling unit as a process of a row is: from three on, the
    interval is Student's over their medians, which contains the drift of the machine.

    Args:
        peaks: of one backend, device and dtype; those before schema 4 had samples have none, and
            make a rate without an interval.

    Returns:
        None where none was measured, or where it can't be told: with fewer undisturbed samples
        than an interval needs, or one wider than :data:`WIDEST`.
    """
    sampled = [peak for peak in peaks if peak.samples]
    if not sampled:
        stated = [peak.gflops for peak in peaks if peak.gflops is not None]
        return Estimate(max(stated)) if stated else None
    (times,) = clean_times([[sample for peak in sampled for sample in peak.samples]])
    ends = np.cumsum([len(peak.samples) for peak in sampled])[:-1]
    moments = [
        np.log(peak.operations / 1e9) - own
        for peak, own in zip(sampled, np.split(times, ends), strict=True)
    ]
    effect = estimates.across([own for own in moments if not np.isnan(own).all()])
    found = effect.estimate if effect else None
    return found if found and found.precision <= WIDEST else None


def best(rates: Iterable[Estimate | None]) -> Estimate | None:
    """Return the highest of the rates of several backends."""
    known = [one for one in rates if one is not None]
    return max(known, key=lambda one: one.value, default=None)


def shortest_step(flops: int, waiting: int, peak: Estimate, rate: Estimate) -> Estimate:
    """Return the seconds that a training step takes at least.

    Its products of states with weights wait for each other, so they run at the rate of products of
    that shape; all others can be joined to large ones, which run at the peak.

    Args:
        flops: floating-point operations of the step, those that wait included.
        waiting: those of the products that wait.
        peak: the rate of large products, in GFLOP/s.
        rate: that of products of the shape of those that wait.
    """

    def seconds(fast: float, slow: float) -> float:
        return ((flops - waiting) / fast + waiting / slow) / 1e9

    low = seconds(peak.high, rate.high) if peak.high and rate.high else None
    high = seconds(peak.low, rate.low) if peak.low and rate.low else None
    return Estimate(seconds(peak.value, rate.value), low, high)


def share(rate: Estimate, peak: Estimate) -> Estimate:
    """Return a rate over that of the peak, or the shortest time over the one that was taken.

    Its interval holds where both of theirs do.
    """
    low = rate.low / peak.high if rate.low and peak.high else None
    high = rate.high / peak.low if rate.high and peak.low else None
    return Estimate(rate.value / peak.value, low, high)
