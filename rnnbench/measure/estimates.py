"""Estimates with intervals.

A process is the top sampling unit: the same kernel in two fresh processes can differ by several per
cent, which no number of rounds within one of them shows. From three processes on, the interval is
Student's over the medians of the processes, whose scatter contains that of the rounds within them
(Kalibera & Jones, "Rigorous benchmarking in reasonable time", ISMM 2013). With fewer it is that of
the median over their rounds: true of these processes, and no ground for a verdict.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache

import msgspec
import numpy as np

from rnnbench.measure import groups
from rnnbench.measure.groups import Groups

#: The confidence of every interval.
CONFIDENCE = 0.95
#: Student's quantile at ``(1 + CONFIDENCE) / 2`` by degrees of freedom, from 1: those of the usual
#: numbers of processes and seeds, since to import SciPy takes a tenth of what a table does.
QUANTILES = (
    12.706204736174694,
    4.302652729749462,
    3.1824463052837078,
    2.7764451051977934,
    2.5705818356363146,
    2.4469118511449786,
    2.364624251592784,
    2.306004135204166,
    2.262157162798205,
)
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

    def scaled(self, factor: float) -> Estimate:
        """Return the figure in another unit, of which there are ``factor`` in the present one."""
        low = None if self.low is None else self.low * factor
        high = None if self.high is None else self.high * factor
        return Estimate(self.value * factor, low, high)

    def rate(self, amount: float) -> Estimate:
        """Return how much is done in a unit of this time, ``amount`` being done in all of it."""
        low = None if self.high is None else amount / self.high
        high = None if self.low is None else amount / self.low
        return Estimate(amount / self.value, low, high)


def named(name: str, estimate: Estimate | None) -> dict[str, float | None]:
    """Return three fields, ``name``, ``name_low`` and ``name_high``, all None of no estimate."""
    found = (estimate.value, estimate.low, estimate.high) if estimate else (None, None, None)
    return dict(zip((name, f"{name}_low", f"{name}_high"), found, strict=True))


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
    def has_interval(self) -> bool:
        """Whether there were samples enough for an interval."""
        return self.low is not None

    @property
    def estimate(self) -> Estimate:
        """The figure itself."""
        low = None if self.low is None else math.exp(self.low)
        high = None if self.high is None else math.exp(self.high)
        return Estimate(math.exp(self.centre), low, high)

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


def across(processes: Sequence[np.ndarray]) -> Effect | None:
    """Return the centre of logarithms that were sampled in several processes.

    Args:
        processes: one array of samples each, in which NaN is left out; see :func:`effects`.
    """
    return effects(Groups.of(processes), np.array([len(processes)]))[0]


def effects(samples: Groups, processes: np.ndarray) -> list[Effect | None]:
    """Return the centres of logarithms of several rows.

    Args:
        samples: those of one process in each group, in which NaN is left out.
        processes: how many processes, following each other, each row has.

    Returns:
        For each row the mean of its processes' medians with Student's interval; with fewer than
        :data:`FEWEST_PROCESSES` the median over all its samples with its own. None where a process
        has no sample.
    """
    known = samples.known()
    medians = Groups(known.each(groups.median), processes)
    found: list[Effect | None] = [None] * len(processes)
    whole = medians.each(groups.mean)  # NaN where a process has no sample
    few = (processes < FEWEST_PROCESSES) & ~np.isnan(whole)
    for row, effect in _pooled(known.joined(processes), few):
        found[row] = effect
    for which, places in medians.by_size():
        if (n := places.shape[1]) >= FEWEST_PROCESSES:
            errors = np.std(medians.values[places], axis=1, ddof=1) / math.sqrt(n)
            for row, centre, error in zip(which, whole[which].tolist(), errors, strict=True):
                found[row] = None if math.isnan(centre) else student(centre, float(error), n - 1)
    return found


def _pooled(rows: Groups, wanted: np.ndarray) -> Iterator[tuple[int, Effect]]:
    """Yield the medians of all samples of a row, with their distribution-free intervals.

    Of n sorted samples, [x₍ₖ₎, x₍ₙ₊₁₋ₖ₎] covers the median with probability 1 - 2 P(B(n, ½) < k);
    k is the largest for which this is at least :data:`CONFIDENCE` (Conover 1999, section 3.2).
    Fewer than six samples have no such k at 95 %.
    """
    for which, places in rows.by_size():
        ordered = np.sort(rows.values[places], axis=1)
        k = _order(ordered.shape[1])
        ends = [[None] * len(which)] * 2 if k == 0 else ordered[:, [k - 1, -k]].T.tolist()
        centres = groups.median(ordered).tolist()
        for row, asked, *figures in zip(
            which.tolist(), wanted[which].tolist(), centres, *ends, strict=True
        ):
            if asked:
                yield row, Effect(*figures)


def difference(new: Effect, old: Effect) -> Effect:
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
    return student(centre, math.sqrt(a + b), freedom)


def student(centre: float, error: float, freedom: float) -> Effect:
    """Return an effect with Student's interval from its standard error."""
    half = _quantile(freedom) * error
    return Effect(centre, centre - half, centre + half, error, freedom)


@cache
def _quantile(freedom: float) -> float:
    if freedom in range(1, 1 + len(QUANTILES)):
        return QUANTILES[int(freedom) - 1]
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + CONFIDENCE) / 2))


@cache
def _order(n: int) -> int:
    """Return the largest k with P(B(n, ½) < k) ≤ (1 - confidence) / 2, 0 if there is none."""
    k, below = 0, 1  # below is 2ⁿ P(B ≤ k)
    while below / 2**n <= (1 - CONFIDENCE) / 2:
        k += 1
        below += math.comb(n, k)
    return k


def means(samples: Groups) -> list[Estimate | None]:
    """Return the mean of each group with Student's interval.

    A single sample has no interval; of an empty group there is None.
    """
    found: list[Estimate | None] = [None] * len(samples.sizes)
    for which, places in samples.by_size():
        matrix, n = samples.values[places], places.shape[1]
        centres, ends = groups.mean(matrix), [[None] * len(which)] * 2
        if n > 1:
            half = _quantile(n - 1) * (np.std(matrix, axis=1, ddof=1) / math.sqrt(n))
            ends = [(centres - half).tolist(), (centres + half).tolist()]
        for group, *figures in zip(which.tolist(), centres.tolist(), *ends, strict=True):
            found[group] = Estimate(*figures)
    return found
