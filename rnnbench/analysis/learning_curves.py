"""Learning curves: what the seeds of a row have recorded, as means with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rnnbench.measure.estimates import Estimate, means
from rnnbench.measure.groups import Groups
from rnnbench.schema.records import Training


class CurvePoint(NamedTuple):
    """The training loss at one step: the mean over the seeds, with its interval from two on."""

    step: int
    loss: Estimate


def learning_curve(trainings: Sequence[Training]) -> list[CurvePoint]:
    """Return the learning curve of a row.

    Args:
        trainings: of one row in one comparison, one per seed; only finished ones count.
    """
    done = finished(trainings)
    if len(done) == 1:  # as most are
        return [CurvePoint(step, Estimate(loss)) for step, loss in done[0].curve]
    losses: dict[int, list[float]] = {}
    for one in done:
        for step, loss in one.curve:
            losses.setdefault(step, []).append(loss)
    estimates = means(Groups.of(list(losses.values())))
    points = [CurvePoint(step, mean) for step, mean in zip(losses, estimates, strict=True) if mean]
    return sorted(points, key=lambda point: point.step)


def training_seconds(trainings: Sequence[Training]) -> Estimate | None:
    """Return the seconds of a whole training, None if no finished one has told them."""
    known = [one.seconds for one in finished(trainings) if one.seconds]
    if len(known) == 1:
        return Estimate(known[0])
    return means(Groups.of([known]))[0]


def finished(trainings: Sequence[Training]) -> list[Training]:
    """Return the trainings that came to their end."""
    return [one for one in trainings if one.status == "ok"]
