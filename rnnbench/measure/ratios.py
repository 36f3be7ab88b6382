"""From samples to figures: disturbed blocks are set aside, ratios are taken within rounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

from rnnbench.measure import estimates
from rnnbench.measure.estimates import Effect
from rnnbench.schema.sample import Sample

#: A block is disturbed if it lost this share of its time above the row's own quiet level ...
FLOOR = 0.02
#: ... or so many times the spread of the quiet level, whichever is more.
SPREADS = 3.0
#: The quantile of the low estimate, over all blocks.
LOW = 0.1

#: Logarithms of the seconds per call, one array per process, aligned by round; NaN if disturbed.
Series = list[np.ndarray]
Name = TypeVar("Name")


def disturbed(samples: Sequence[Sample]) -> np.ndarray:
    """Return which blocks of one process lost time to others.

    What tells is the time that threads waited for a CPU, or that was stolen from it, over wall
    time. A framework's own threads wait for each other too, so it counts as excess over the row's
    quiet level: the lower quartile, with its distance from the lowest twentieth as the spread. A
    machine that is never quiet for a quarter of the time has no quiet level to be told from. Never
    more than half of the blocks: with few of them the spread is known but roughly.

    Returns:
        One boolean per sample; all False where the system counts nothing.
    """
    lost = np.array([sample.lost for sample in samples], float)  # None becomes NaN
    if not samples or np.isnan(lost).any():
        return np.zeros(len(samples), bool)
    lowest, quiet = np.quantile(lost, [0.05, 0.25])
    bound = quiet + max(FLOOR, SPREADS * (quiet - lowest))
    return np.asarray(lost > max(bound, np.median(lost)))


def series(processes: Sequence[Sequence[Sample]], start: int = 0) -> Series:
    """Return the clean samples of a row from the round ``start`` on."""
    return [
        np.where(disturbed(samples), np.nan, logarithms(samples))[start:] for samples in processes
    ]


def logarithms(samples: Sequence[Sample]) -> np.ndarray:
    """Return the logarithms of the seconds per call."""
    return np.log([sample.seconds for sample in samples])


def ratio(row: Series, base: Series) -> Effect | None:
    """Return a row over another, within the rounds in which both were clean.

    Both have the same processes in the same order; where one is steady later, the later rounds
    count. None if a process has no such round.
    """
    pairs = zip(row, base, strict=True)
    return estimates.across([_last(a, len(b)) - _last(b, len(a)) for a, b in pairs])


def fastest(rows: Mapping[Name, Series]) -> Name | None:
    """Return the row with the shortest time, None if none has a clean round in each process."""
    levels = {name: estimates.across(row) for name, row in rows.items()}
    known = {name: level.centre for name, level in levels.items() if level is not None}
    return min(known, key=known.__getitem__, default=None)


def _last(times: np.ndarray, count: int) -> np.ndarray:
    return times[max(0, len(times) - count) :]


def low(processes: Sequence[Sequence[Sample]]) -> float:
    """Return the :data:`LOW` quantile of the seconds per call over all blocks, clean or not.

    The geometric mean over processes.
    """
    return float(np.exp(np.mean([np.quantile(logarithms(s), LOW) for s in processes])))
