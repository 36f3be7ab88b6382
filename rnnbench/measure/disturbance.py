"""Which blocks others have disturbed: by what they computed, and by what the block lost to them.

Two rules, since neither is enough. What others computed on the CPUs of a row is 0 on a quiet
machine, whatever the framework, so it has an absolute limit: a machine that is never quiet has no
quiet level to be told from, and a single block is always its own. But it is counted in ticks, so
little of it is not seen. The time that threads waited is exact, but a framework's own threads wait
for each other, too, each framework to its own degree, so it is held against the row's quiet level.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from rnnbench.measure.columns import column
from rnnbench.measure.groups import Groups, sizes
from rnnbench.schema.sample import Sample

#: Processor time of others over wall time above which a block is disturbed. It is within ±0.1 on a
#: quiet machine, and 0.5 to 1 beside one process that spins; at 0.2 a row takes a quarter longer.
LIMIT = 0.15
#: That is so for one or two threads. On each further CPU the kernel has work of its own, of which a
#: quiet machine shows up to so much; and no more is allowed in all, so that two that spin show.
PER_THREAD, MOST = 0.02, 1.5
#: By so many nanoseconds, either way, the ticks that it is counted in blur a sum: one of 10 ms. On
#: many CPUs, each of them by itself, it grows as their square root.
TICK = 10_000_000
#: A block is judged with those around it that hold so many nanoseconds together, of which a tick is
#: little; more than so many blocks are too far away.
TOGETHER, MOST_TOGETHER = 250_000_000, 15

#: A block is disturbed, too, if it lost this share of its time above the row's own quiet level ...
FLOOR = 0.02
#: ... or so many times the spread of the quiet level, whichever is more.
SPREADS = 3.0


def disturbed(processes: Sequence[Sequence[Sample]]) -> np.ndarray:
    """Return which blocks others disturbed, each process being judged by itself.

    Args:
        processes: the blocks of each in the order in which they were timed.

    Returns:
        One boolean per sample; False where the system counts nothing.
    """
    samples = list(chain.from_iterable(processes))
    wall, others = column(samples, "wall_ns"), column(samples, "others_ns")
    groups = Groups(wall, sizes(processes))
    threads = np.nan_to_num(column(samples, "threads"), nan=2)
    crowded = beside_others(groups, others, threads)
    # It can't have lost more to others than these computed: for the rest its threads waited for
    # each other. The quiet level is that of the blocks beside nobody.
    lost = np.where(crowded, np.nan, _lost(samples)) / wall
    to_others = np.where(np.isnan(others), lost, np.minimum(lost, (others + blur(threads)) / wall))
    return np.asarray(crowded | high(groups.changed(lost)) & high(groups.changed(to_others)))


def limit(threads: np.ndarray) -> np.ndarray:
    """Return the processor time of others over wall time that is allowed, by a row's threads."""
    return np.asarray(np.minimum(LIMIT + PER_THREAD * np.maximum(0, threads - 2), MOST))


def blur(threads: np.ndarray) -> np.ndarray:
    """Return by how many nanoseconds ticks blur what others computed, by a row's threads."""
    return np.asarray(TICK * np.sqrt(np.maximum(1, threads / 2)))


def beside_others(wall: Groups, others: np.ndarray, threads: np.ndarray) -> np.ndarray:
    """Return during which blocks others computed more than :func:`limit`.

    A block is judged by itself, and by the median of the blocks around it: the fewer the longer
    they are. What the ticks may blur is allowed for in both.

    Args:
        wall: nanoseconds of each block, a group per process.
        others: of processor time that others took, shape (blocks,); NaN if not counted.
        threads: of the process of each block.
    """
    shares, allowed, ticks = others / wall.values, limit(threads), blur(threads)
    found = shares > allowed + ticks / wall.values
    for _, places in wall.by_size():
        typical = np.median(wall.values[places], axis=1)
        widths = _widths(typical, places.shape[1])
        for width in np.flatnonzero(np.bincount(widths)).tolist():
            own, together = places[widths == width], width * typical[widths == width]
            bound = allowed[own] + ticks[own] / together[:, None]
            found[own] |= _around(shares[own], width) > bound
    return np.asarray(found)


def _widths(wall: np.ndarray, blocks: int) -> np.ndarray:
    """Return how many of each process's blocks are judged together: odd numbers.

    Args:
        wall: nanoseconds of one block of each.
        blocks: how many each has.
    """
    beside = np.ceil(np.minimum(TOGETHER / wall, MOST_TOGETHER) / 2 - 0.5)  # on either hand
    return np.asarray(1 + 2 * np.minimum(beside, (blocks - 1) // 2).astype(int))


def _around(shares: np.ndarray, width: int) -> np.ndarray:
    """Return the medians of so many shares around each of a line; at its ends, of the outermost."""
    blocks = shares.shape[1]
    medians = np.median(sliding_window_view(shares, width, axis=1), axis=2)
    return np.asarray(medians[:, np.clip(np.arange(blocks) - width // 2, 0, blocks - width)])


def high(lost: Groups) -> np.ndarray:
    """Return which blocks lost more than their process does when it is quiet.

    Its quiet level is the lower quartile, with the distance from the lowest twentieth as the
    spread. Never more than half of the blocks: with few of them the spread is known but roughly.

    Args:
        lost: the share of the time of each block, a group per process; NaN is not judged.
    """
    found = np.zeros(len(lost.values), bool)
    known = ~np.isnan(lost.values)
    judged = lost.known()
    above = np.zeros(len(judged.values), bool)
    for _, places in judged.by_size():
        shares = judged.values[places]
        lowest, quiet = np.quantile(shares, [0.05, 0.25], axis=1)
        bound = quiet + np.maximum(FLOOR, SPREADS * (quiet - lowest))
        above[places] = shares > np.maximum(bound, np.median(shares, axis=1))[:, None]
    found[known] = above
    return found


def _lost(samples: Sequence[Sample]) -> np.ndarray:
    """Return the nanoseconds that each block waited or was stopped, NaN if not counted."""
    delay, steal = column(samples, "delay_ns"), column(samples, "steal_ns")
    return np.where(np.isnan(delay), steal, delay + np.nan_to_num(steal))
