"""Learning curves: what the seeds of a row have recorded, as means with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rnnbench.measure.estimates import Estimate, means
from rnnbench.measure.groups import Groups
from rnnbench.schema.records.training import Training


class Curve(NamedTuple):
    """A figure over a number, in columns: they are long.

    Attributes:
        steps: of training, or what else the number is; ascending.
        losses: the training loss at each, or what else is shown; the mean over the seeds.
        lows, highs: the ends of its interval; empty of a single seed, which has none.
    """

    steps: Sequence[float]
    losses: Sequence[float]
    lows: Sequence[float | None] = ()
    highs: Sequence[float | None] = ()


def learning_curve(trainings: Sequence[Training]) -> Curve:
    """Return the learning curve of a row, an empty one if no training was finished.

    Args:
        trainings: of one row in one comparison, one per seed; only finished ones count.
    """
    return curve([one.curve for one in finished(trainings)])


def scores_over_groups(trainings: Sequence[Training]) -> Curve:
    """Return the score of a row over the number by which held-out examples are told apart.

    Args:
        trainings: likewise.
    """
    return curve([sorted(one.groups) for one in finished(trainings)])


def curve(seeds: Sequence[Sequence[tuple[float, float]]]) -> Curve:
    """Return pairs of a number and a figure, one list per seed, as one curve."""
    if len(seeds) == 1:  # as most are
        return Curve(*zip(*seeds[0], strict=True)) if seeds[0] else Curve((), ())
    figures: dict[float, list[float]] = {}
    for pairs in seeds:
        for number, figure in pairs:
            figures.setdefault(number, []).append(figure)
    numbers = sorted(figures)
    found = [mean for mean in means(Groups.of([figures[one] for one in numbers])) if mean]
    return Curve(
        numbers,
        [mean.value for mean in found],
        [mean.low for mean in found],
        [mean.high for mean in found],
    )


def training_seconds(trainings: Sequence[Training]) -> Estimate | None:
    """Return the seconds of a whole training, None if no finished one has told them."""
    known = [one.seconds for one in finished(trainings) if one.seconds]
    if len(known) < 2:  # as most have
        return Estimate(known[0]) if known else None
    return means(Groups.of([known]))[0]


def finished(trainings: Sequence[Training]) -> list[Training]:
    """Return the trainings that came to their end."""
    return [one for one in trainings if one.status == "ok"]
