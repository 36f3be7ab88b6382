"""Verdicts between scores over seeds: better, worse, the same, or undecided."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from rnnbench.measure.estimates import Effect, Estimate, difference, student
from rnnbench.measure.verdicts import different, rejected, within

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
        found = self.effect
        return Estimate(found.centre, found.low, found.high) if found else None

    @cached_property
    def effect(self) -> Effect | None:
        """The score less that of the reference; no logarithm.

        With the same seeds, the same data and the same initial weights go into both scores of a
        seed, and what makes a seed easy or hard falls out of their difference: Student's interval
        of the differences. With others it is Welch's, as of any two samples.

        None if either has fewer than :data:`FEWEST_SEEDS`, or if they are so large that it is no
        number.
        """
        row, reference = self.row, self.reference
        if min(len(row), len(reference)) < FEWEST_SEEDS:
            return None
        if row.keys() == reference.keys():
            found = mean([score - reference[seed] for seed, score in row.items()])
        else:
            found = difference(mean(list(row.values())), mean(list(reference.values())))
        return found if found.low is not None and math.isfinite(found.low) else None

    @property
    def learnt(self) -> float:
        """What the reference has learnt: how far its score, in the mean, is from the naive one."""
        return abs(mean(list(self.reference.values())).centre - self.naive)


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
    row has learnt with these seeds, the distance of its score from the naive one (two one-sided
    tests, Schuirmann 1987). A share of that distance means the same whatever the score is: an
    accuracy or an error rate, in whatever unit. As for times, Holm's correction keeps the chance of
    a single wrong claim of either kind in the whole table at 5 %, and one that is both is ``same``.

    Args:
        pairs: None where there are no two scores.
        delta: δ, above 0.

    Returns:
        One per pair, None with fewer than :data:`FEWEST_SEEDS` seeds.
    """
    judged = [(pair, found) for pair in pairs if pair and (found := pair.effect)]
    differ = rejected([different(effect) for _, effect in judged])
    agree = rejected([equivalent(effect, delta * pair.learnt) for pair, effect in judged])
    verdicts = iter(_verdict(*one, d, a) for one, d, a in zip(judged, differ, agree, strict=True))
    return [next(verdicts) if pair and pair.effect else None for pair in pairs]


def equivalent(effect: Effect, margin: float) -> float:
    """Return the p-value for a difference below a margin; identical scores have none above 0."""
    identical = effect.centre == effect.error == 0
    return 0.0 if identical else within(effect, -margin, margin)


def _verdict(pair: ScorePair, effect: Effect, differs: bool, agrees: bool) -> ScoreVerdict:
    if agrees:
        return "same"
    if differs:
        return "better" if (effect.centre > 0) == pair.higher_is_better else "worse"
    return "undecided"
