"""What several devices bring: efficiency against the fewest, and the serial share of a step.

The efficiency of n devices is the throughput of each of them over that of each of the fewest:

    (examples/s on n) / n  :  (examples/s on the fewest) / the fewest

Where all sizes share a batch, Amdahl's law (AFIPS 1967) is fitted to the time of a step:

    time(n) = time(1) · (s + (1 - s) / n)        0 ≤ s ≤ 1

by the smallest relative errors. The interval of s is that of the likelihood, as in
:mod:`rnnbench.analysis.growth`; two sizes leave no degree of freedom and so no interval. Nor is
there one where the most devices take longer than the fewest, which the law does not know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rnnbench.analysis.row_result import RowResult
from rnnbench.measure.estimates import Estimate
from rnnbench.schema.row import Row

#: The confidence of the interval, and the steps in which the share is sought.
CONFIDENCE, STEPS = 0.95, 10_001
#: Squared relative errors that are rounding.
ROUNDING = 1e-20


@dataclass(frozen=True)
class Speedup:
    """How one row does on several devices.

    Attributes:
        row: which.
        devices: how many, ascending, where its steps were timed.
        times: seconds of a step on each of these numbers, in ms.
        efficiency: against the fewest, for each.
        serial: the serial share; None where batches differ or there is one number alone.
    """

    row: Row
    devices: list[int]
    times: list[Estimate]
    efficiency: list[Estimate]
    serial: Estimate | None

    def law(self, devices: float) -> float | None:
        """Return the time of a step on so many devices by the law, None where it was not fitted."""
        if self.serial is None:
            return None
        share, times = self.serial.value, [one.value for one in self.times]
        scale = scales(shapes(np.asarray([[share]]), self.devices) / np.asarray(times))
        return float(scale[0] * shapes(np.asarray([[share]]), [devices])[0, 0])


def speedups(results: Sequence[RowResult]) -> list[Speedup]:
    """Return what several devices bring to each row of a run."""
    rows: dict[Row, list[RowResult]] = {}
    for result in results:
        rows.setdefault(result.row, []).append(result)
    return [speedup(row, own) for row, own in rows.items()]


def speedup(row: Row, results: Sequence[RowResult]) -> Speedup:
    """Return what they bring to one row."""
    timed = sorted((one for one in results if one.train_step_ms), key=lambda one: one.devices)
    devices, times = [one.devices for one in timed], [one.train_step_ms for one in timed]
    known = [time for time in times if time is not None]
    efficiency = [against(timed[0], one) for one in timed]
    fixed = len(timed) > 1 and not is_weak(timed)
    serial = serial_share(devices, [time.value for time in known]) if fixed else None
    return Speedup(row, devices, known, efficiency, serial)


def is_weak(results: Sequence[RowResult]) -> bool:
    """Return whether batches grow with the devices."""
    return len({one.batch for one in results}) > 1


def against(base: RowResult, one: RowResult) -> Estimate:
    """Return the efficiency of a row; its ends are those of both times, the farthest apart."""
    ours, theirs = one.train_step_ms, base.train_step_ms
    assert ours is not None  # what was not timed is left out
    assert theirs is not None
    share = one.batch / one.devices / (base.batch / base.devices)
    if one is base:
        return Estimate(1.0, 1.0, 1.0)
    if None in (ours.low, ours.high, theirs.low, theirs.high):
        return Estimate(share * theirs.value / ours.value)
    low, high = theirs.low / ours.high, theirs.high / ours.low  # type: ignore[operator]
    return Estimate(theirs.value / ours.value, low, high).scaled(share)


def serial_share(devices: Sequence[int], times: Sequence[float]) -> Estimate:
    """Return s of Amdahl's law for times on two or more different numbers of devices."""
    from scipy.special import stdtrit

    shares = np.linspace(0, 1, STEPS)[:, None]
    shape = shapes(shares, devices) / np.asarray(times, float)
    squares = np.sum((1 - scales(shape)[:, None] * shape) ** 2, axis=1)
    best, freedom = int(np.argmin(squares)), len(devices) - 2
    if not freedom or times[-1] > times[0]:
        return Estimate(float(shares[best, 0]))
    quantile = float(stdtrit(freedom, (1 + CONFIDENCE) / 2)) ** 2  # F(1, n) is t(n) squared
    within = shares[squares <= squares[best] * (1 + quantile / freedom) + ROUNDING, 0]
    return Estimate(float(shares[best, 0]), float(within.min()), float(within.max()))


def shapes(shares: np.ndarray, devices: Sequence[float]) -> np.ndarray:
    """Return the time on each number of devices over that on one, a line per serial share."""
    return np.asarray(shares + (1 - shares) / np.asarray(devices, float))


def scales(shape: np.ndarray) -> np.ndarray:
    """Return the time on one device with the smallest relative errors, for each line.

    Args:
        shape: the law with a time of 1 on one device, over what was measured.
    """
    return np.asarray(shape.sum(axis=1) / np.sum(shape**2, axis=1))
