"""Verdicts between scores over seeds: better, worse, the same, or undecided."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rnnbench.measure.estimates import Effect, Estimate, difference, student
from rnnbench.measure.verdicts import different, rejected

ScoreVerdict = Literal["better", "worse", "same", "undecided"]

#: Scores that differ by less than this share of what was learnt are the same.
SCORE_DELTA = 0.02
#: From so many seeds on there are verdicts: fewer don't tell how far apart two seeds are.
FEWEST_SEEDS = 3


@dataclass(frozen=True)
class ScorePair:
    """The scores of a row and of the one that it is held against.

    Attributes:
        row: by seed.
        reference: likewise, of the other row.
        naive: what a predictor scores that has learnt nothing.
        higher_is_better: the direction of the score.
    """

    row: Mapping[int, float]
    reference: Mapping[int, float]
    naive: float
    higher_is_better: bool

    @property
    def difference(self) -> Estimate | None:
        """The score less that of the reference, with its interval; None with too few seeds."""
        found = self.beyond_margin(0.0)
        return Estimate(found.centre, found.low, found.high) if found else None

    def beyond_margin(self, share: float) -> Effect | None:
        """Return the score less that of the reference and less a share of what that has learnt.

        What the reference has learnt is its own score less the naive one. With the same seeds, the
        same data and the same initial weights go into both scores of a seed, and what makes a seed
        easy or hard falls out of their difference: Student's interval of the differences. With
        others it is Welch's, as of any two samples.

        Returns:
            A difference of scores; None if either has fewer than :data:`FEWEST_SEEDS`, or if they
            are so large that it is no number.
        """
        if min(len(self.row), len(self.reference)) < FEWEST_SEEDS:
            return None
        bounds = {s: r + share * (r - self.naive) for s, r in self.reference.items()}
        if self.row.keys() == bounds.keys():
            found = mean([score - bounds[seed] for seed, score in self.row.items()])
        else:
            found = difference(mean(list(self.row.values())), mean(list(bounds.values())))
        return found if found.low is not None and math.isfinite(found.low) else None

    def equivalent(self, delta: float) -> float:
        """Return the p-value for scores that differ by less than δ times what was learnt.

        As much learnt is uncertain itself, it is part of what is tested rather than divided by.
        """
        below, above = self.beyond_margin(delta), self.beyond_margin(-delta)
        if below is None or above is None:
            return 1.0
        lower, upper = sorted((below, above), key=lambda end: end.centre)
        if upper == lower and upper.error == 0:  # nothing was learnt, and alike by both
            return float(upper.centre != 0)
        return min(1.0, 2 * max(upper.beyond(0.0), 1 - lower.beyond(0.0)))


def mean(values: Sequence[float]) -> Effect:
    """Return the mean of scores over seeds with Student's interval."""
    with np.errstate(over="ignore", invalid="ignore"):  # a perplexity may be beyond all bounds
        error = float(np.std(values, ddof=1)) / math.sqrt(len(values))
        return student(float(np.mean(values)), error, len(values) - 1)


def score_verdicts(
    pairs: Sequence[ScorePair | None], delta: float = SCORE_DELTA
) -> list[ScoreVerdict | None]:
    """Judge the scores of a table, each against that of another row.

    A score may be shown to differ, and may be shown to differ by less than δ times what the other
    row has learnt, the distance of its score from the naive one (two one-sided tests, Schuirmann
    1987). A share of that distance means the same whatever the score is: an accuracy or an error
    rate, in whatever unit. As for times, Holm's correction keeps the chance of a single wrong claim
    of either kind in the whole table at 5 %, and one that is both is ``same``.

    Args:
        pairs: None where there are no two scores.
        delta: δ, above 0.

    Returns:
        One per pair, None with fewer than :data:`FEWEST_SEEDS` seeds.
    """
    judged = [(pair, found) for pair in pairs if pair and (found := pair.beyond_margin(0.0))]
    differ = rejected([different(effect) for _, effect in judged])
    agree = rejected([pair.equivalent(delta) for pair, _ in judged])
    verdicts = iter(_verdict(*one, d, a) for one, d, a in zip(judged, differ, agree, strict=True))
    return [next(verdicts) if pair and pair.difference else None for pair in pairs]


def _verdict(pair: ScorePair, effect: Effect, differs: bool, agrees: bool) -> ScoreVerdict:
    if agrees:
        return "same"
    if differs:
        return "better" if (effect.centre > 0) == pair.higher_is_better else "worse"
    return "undecided"
