"""What the rows of a run have learnt, over the seeds that each was trained with."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import msgspec

from rnnbench.analysis.learning.curves import finished
from rnnbench.measure.estimates import Estimate, means
from rnnbench.measure.groups import Groups
from rnnbench.results.work_left import is_scored
from rnnbench.schema.records.timing import Timing
from rnnbench.schema.records.training import Training
from rnnbench.schema.row import Row
from rnnbench.schema.status import FAILURES


class Trained(msgspec.Struct, frozen=True, dict=True):
    """The trainings of one row.

    Attributes:
        records: all of them.
        seeds: how many there should be.
        loss: the last training loss, its mean over the seeds; None unless all were finished.
        score: likewise, with its interval.
    """

    records: Sequence[Training]
    seeds: int
    loss: float | None = None
    score: Estimate | None = None

    @cached_property
    def done(self) -> list[Training]:
        """The trainings that were finished."""
        return finished(self.records)

    @property
    def failed(self) -> list[Training]:
        """The trainings that failed."""
        return [one for one in self.records if one.status in FAILURES]

    @property
    def counted(self) -> Sequence[Training]:
        """The trainings that a mean is taken over: all or none."""
        return all_or_none(self.done, self.seeds)

    @property
    def scores(self) -> dict[int, float]:
        """The score of each seed that a mean is taken over."""
        return {one.seed: one.score for one in self.counted if one.score is not None}


def all_or_none(done: Sequence[Training], seeds: int) -> Sequence[Training]:
    """Return the trainings that were finished if there is one of each seed, none otherwise."""
    return done if len(done) == seeds else []


def trained_rows(
    timed: Sequence[Timing], trainings: Sequence[Training], seeds: int
) -> dict[tuple[str, Row], Trained]:
    """Return what was learnt, by key of the comparison and row.

    Args:
        timed: the comparisons.
        trainings: their trainings.
        seeds: with how many each row is trained, where a comparison is trained at all.
    """
    records: dict[tuple[str, Row], list[Training]] = {}
    for training in trainings:
        records.setdefault((training.key, training.row), []).append(training)
    found = {
        (key := (timing.key, row.row)): (records.get(key, []), asked)
        for timing in timed
        for asked in [seeds if is_scored(timing.comparison) else 0]
        for row in timing.rows
    }
    counted = [all_or_none(finished(own), asked) for own, asked in found.values()]
    losses = means(Groups.of([[one.curve[-1][1] for one in own if one.curve] for own in counted]))
    scores = means(
        Groups.of([[one.score for one in own if one.score is not None] for own in counted])
    )
    return {
        key: Trained(own, asked, loss.value if loss else None, score)
        for (key, (own, asked)), loss, score in zip(found.items(), losses, scores, strict=True)
    }
