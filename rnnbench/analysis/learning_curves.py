"""Learning curves: what the seeds of a row have recorded, as means with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rnnbench.measure.estimates import Estimate, means
from rnnbench.measure.groups import Groups
from rnnbench.schema.records import Training


class Curve(NamedTuple):
    """A learning curve, in columns: they are long.

    Attributes:
        steps: ascending.
        losses: the training loss at each, the mean over the seeds.
        lows, highs: the ends of its interval; empty of a single seed, which has none.
    """

    steps: Sequence[int]
    losses: Sequence[float]
    lows: Sequence[float | None] = ()
    highs: Sequence[float | None] = ()


def learning_curve(trainings: Sequence[Training]) -> Curve:
    """Return the learning curve of a row, an empty one if no training was finished.

    Args:
        trainings: of one row in one comparison, one per seed; only finished ones count.
    """
    done = finished(trainings)
    if len(done) == 1:  # as most are
        return Curve(*zip(*done[0].curve, strict=True)) if done[0].curve else Curve((), ())
    losses: dict[int, list[float]] = {}
    for one in done:
        for step, loss in one.curve:
            losses.setdefault(step, []).append(loss)
    steps = sorted(losses)
    found = [mean for mean in means(Groups.of([losses[step] for step in steps])) if mean]
    return Curve(
        steps,
        [mean.value for mean in found],
        [mean.low for mean in found],
        [mean.high for mean in found],
    )


def training_seconds(trainings: Sequence[Training]) -> Estimate | None:
    """Return the seconds of a whole training, None if no finished one has told them."""
    known = [one.seconds for one in finished(trainings) if one.seconds]
    if len(known) == 1:
        return Estimate(known[0])
    return means(Groups.of([known]))[0]


def finished(trainings: Sequence[Training]) -> list[Training]:
    """Return the trainings that came to their end."""
    return [one for one in trainings if one.status == "ok"]
