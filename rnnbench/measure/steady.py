"""Whether a row has come to rest: a drift in its own times that the other rows don't share."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

#: A drift is one that is hardly chance, and large enough to matter.
ALPHA, SIZE = 0.01, 0.05
#: Fewer rounds can't tell a drift from noise.
FEWEST_ROUNDS = 8


def steady_from(own: Sequence[np.ndarray], others: Sequence[np.ndarray]) -> int | None:
    """Return the round, from 0, at which a row is steady: the first, or the middle one.

    Args:
        own: logarithms of the row's times, one array per process, aligned by round; NaN is none.
        others: of the mean over the other rows in the same rounds; empty if there are none. Where
            they drift alike, it is the machine.

    Returns:
        None if even the second half drifts.
    """
    rounds = max((len(times) for times in own), default=0)
    relative = [mine - theirs for mine, theirs in zip(own, others, strict=bool(others))]
    for start in (0, rounds // 2):
        trends = [drift([times[start:] for times in part]) for part in (own, relative) if part]
        if not all(trends) or min(trends) < 0 < max(trends):
            return start
    return None


def drift(processes: Sequence[np.ndarray]) -> float:
    """Return by how much times drift from the first to the last third, 0 unless they surely do.

    The test is Mann's (1945) on the number of concordant less discordant pairs of rounds, summed
    over processes, with Kendall's variance n(n-1)(2n+5)/18.

    Args:
        processes: logarithms of times in the order they were taken.
    """
    kept = [times[~np.isnan(times)] for times in processes]
    kept = [times for times in kept if times.size >= FEWEST_ROUNDS]
    if not kept:
        return 0.0
    score = sum(concordance(times) for times in kept)
    variance = sum(n * (n - 1) * (2 * n + 5) / 18 for n in map(len, kept))
    chance = math.erfc(max(0.0, abs(score) - 1) / math.sqrt(2 * variance))
    size = float(np.mean([change(times) for times in kept]))
    return size if chance < ALPHA and abs(size) > SIZE else 0.0


def concordance(times: np.ndarray) -> int:
    """Return how many pairs rise with time less how many fall."""
    return int(np.triu(np.sign(times[None, :] - times[:, None]), 1).sum())


def change(times: np.ndarray) -> float:
    """Return the median of the last third less that of the first."""
    third = len(times) // 3
    return float(np.median(times[-third:]) - np.median(times[:third]))
