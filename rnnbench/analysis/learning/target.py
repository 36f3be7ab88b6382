"""Time to target: after how many steps, and in how many seconds, a row has reached a score."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from rnnbench.analysis.learning.scores import Trained
from rnnbench.measure.estimates import Estimate, means
from rnnbench.measure.groups import Groups
from rnnbench.schema.plan import Planned
from rnnbench.schema.records.training import Training


def to_target(
    planned: Planned, trained: Trained, step: Estimate | None, compile_s: float | None
) -> dict[str, Any]:
    """Return what a row took to the target of its comparison, in the fields of a row.

    Its seconds are its steps times what a training step takes where that was timed, as the training
    itself has no undisturbed blocks; a compilation comes once, before the first.

    Args:
        planned: the comparison.
        trained: the trainings of the row.
        step: seconds of a training step, None where it is not known.
        compile_s: seconds of the first step beyond that, likewise.
    """
    target, done = planned.target, trained.done
    if target is None or not done:
        return {"target_score": target}
    found = [first_reached(one, target, planned.higher_is_better) for one in done]
    reached = [number for number in found if number is not None]
    fields = {"target_score": target, "target_reached": f"{len(reached)} of {len(done)}"}
    if len(reached) < trained.seeds:
        return fields
    steps = mean_steps(reached, max(map(look_apart, done)))
    seconds = product(steps, step) if step else None
    whole = shifted(seconds, compile_s) if seconds and compile_s is not None else None
    return fields | {"target_steps": steps, "target_s": seconds, "target_compiled_s": whole}


def first_reached(training: Training, target: float, higher_is_better: bool) -> int | None:
    """Return the first step at which a training was seen to have reached a score, None if never."""
    sign = 1 if higher_is_better else -1
    seen = (step for step, score in looks(training) if sign * score >= sign * target)
    return next(seen, None)


def looks(training: Training) -> list[tuple[int, float]]:
    """Return the steps at which a training was scored, and its scores.

    At the end that is over all held-out data, or with early stopping at the step whose weights are
    kept; before, over some of them.
    """
    end = training.curve[-1][0] if training.best is None and training.curve else training.best
    last = [(end, training.score)] if end is not None and training.score is not None else []
    return sorted([*training.scores, *last])


def look_apart(training: Training) -> int:
    """Return how many steps lie between two looks at the score of a training."""
    found = looks(training)
    return found[0][0] if found else 0


def mean_steps(reached: Sequence[int], apart: int) -> Estimate:
    """Return the mean of some steps with Student's interval; of one alone there is none.

    A target that is seen at one look may have been reached just after the one before, so the
    interval begins that much earlier.
    """
    (mean,) = means(Groups.of([reached]))
    assert mean is not None
    low = None if mean.low is None else max(0.0, mean.low - apart)
    return Estimate(mean.value, low, mean.high)


def product(one: Estimate, other: Estimate) -> Estimate:
    """Return the product of two independent figures; it has an interval if both have one.

    The half widths add up as errors do, in squares, each as a share of its figure.
    """
    value = one.value * other.value
    if None in (one.low, one.high, other.low, other.high):
        return Estimate(value)
    below = math.hypot(*(1 - each.low / each.value for each in (one, other)))  # type: ignore[operator]
    above = math.hypot(*(each.high / each.value - 1 for each in (one, other)))  # type: ignore[operator]
    return Estimate(value, value * max(0.0, 1 - below), value * (1 + above))


def shifted(figure: Estimate, by: float) -> Estimate:
    """Return a figure and its interval, each that much larger."""
    low = None if figure.low is None else figure.low + by
    high = None if figure.high is None else figure.high + by
    return Estimate(figure.value + by, low, high)
