"""From samples to figures: disturbed blocks are set aside, ratios are taken within rounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import TypeVar

import numpy as np

from rnnbench.measure import estimates
from rnnbench.measure.columns import column
from rnnbench.measure.disturbance import disturbed
from rnnbench.measure.estimates import Effect
from rnnbench.measure.groups import Groups, mean, sizes
from rnnbench.schema.sample import Sample

#: The quantile of the low estimate, over all blocks.
LOW = 0.1

#: Logarithms of the seconds per call, one array per process, aligned by round; NaN if disturbed.
CleanTimes = list[np.ndarray]
Name = TypeVar("Name")


def log_times(processes: Sequence[Sequence[Sample]]) -> Groups:
    """Return the logarithms of the seconds per call, a group per process."""
    samples = list(chain.from_iterable(processes))
    seconds = column(samples, "wall_ns") / column(samples, "calls") * 1e-9
    return Groups(np.log(seconds), sizes(processes))


def clean_times(processes: Sequence[Sequence[Sample]], start: int = 0) -> CleanTimes:
    """Return the times of one row, NaN where disturbed, from the round ``start`` on."""
    times = log_times(processes)
    clean = np.where(disturbed(processes), np.nan, times.values)
    return [each[start:] for each in np.split(clean, times.starts[1:])] if processes else []


def ratio(row: CleanTimes, base: CleanTimes) -> Effect | None:
    """Return a row over another, within the rounds in which both were clean.

    Both have the same processes in the same order; where one is steady later, the later rounds
    count. None if a process has no such round.
    """
    pairs = zip(row, base, strict=True)
    return estimates.across([_last(a, len(b)) - _last(b, len(a)) for a, b in pairs])


def fastest(times: Mapping[Name, Effect | None]) -> Name | None:
    """Return the row with the shortest time, None where none has one with an interval.

    The time of too few clean rounds is no ground to rank by: one of them may be far off.
    """
    known = {name: time.centre for name, time in times.items() if time and time.has_interval}
    return min(known, key=known.__getitem__, default=None)


def leader(to_base: Mapping[Name, Effect | None]) -> Name | None:
    """Return the row that is ahead of all others within rounds.

    Rows that tie over all rounds may be in another order within them.

    Args:
        to_base: the ratios of rows to one of them; that one has 1.
    """
    known = {name: one.centre for name, one in to_base.items() if one and one.has_interval}
    return min(known, key=known.__getitem__, default=None)


def is_better(new: Sequence[Effect | None], old: Sequence[Effect | None]) -> bool:
    """Return whether ratios to another base leave none out, and less below 1.

    Within rounds rows need not be in one order: a may be ahead of b, b of c, and c of a.
    """
    known = [(one, other) for one, other in zip(new, old, strict=True) if other is not None]
    found = [one.centre for one, _ in known if one is not None]
    lowest = min((other.centre for _, other in known), default=0.0)
    return len(found) == len(known) and min(found, default=0.0) > lowest


def _last(times: np.ndarray, count: int) -> np.ndarray:
    return times[max(0, len(times) - count) :]


def low(times: Groups, processes: np.ndarray) -> np.ndarray:
    """Return the :data:`LOW` quantile of the seconds per call over all blocks, clean or not.

    Args:
        times: their logarithms, a group per process.
        processes: how many processes, following each other, each row has.

    Returns:
        The geometric mean over the processes of each row, shape (rows,).
    """
    each = times.each(lambda matrix: np.asarray(np.quantile(matrix, LOW, axis=1)))
    return np.asarray(np.exp(Groups(each, processes).each(mean)))
