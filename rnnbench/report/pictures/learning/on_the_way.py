"""What a row scores on the way of its training, against the time that it has taken by then."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from rnnbench.analysis.learning.curves import curve, finished
from rnnbench.analysis.learning.target import looks
from rnnbench.analysis.row_result import RowResult
from rnnbench.report.numbers import digits, quantity, written
from rnnbench.report.pictures.learning.curves import (
    curves_with,
    drawn,
    fit,
    panel,
    score_title,
)
from rnnbench.report.pictures.panel import Comparison, Form, Panel
from rnnbench.report.pictures.style import axis, marks_of, per_row

#: What rows lack that are not drawn.
LACKING = "not timed undisturbed, or not scored on the way"


def scores_on_the_way(comparison: Comparison) -> Panel | None:
    """Draw the score of each row over the seconds of its steps, and the target.

    It is the mean over the seeds, with its interval. The steps take what they took where they were
    timed; the first takes its compilation, too.
    """
    found = [line for one in comparison.results if (line := line_of(comparison, one))]
    first = comparison.first
    if not found or first.target_score is None:
        return None
    levels = {"naive": first.naive_score, "target": first.target_score}
    seconds = marks_of(one for line in found for one in line["seconds"])
    fitted, shown = fit(found, *levels.values()), drawn(found)
    form = curves(
        comparison.names, shown, score_title(first), seconds, fitted.marks, fitted.has_band
    )
    told = "; ".join(
        f"{one.row} {reached(one)}" for one in comparison.results if str(one.row) in shown
    )
    words = f"{score_title(first)} over time; {first.target_score:g}: {told}"
    return panel(comparison, form, fitted, words, LACKING, **levels)


@cache
def curves(
    names: Sequence[str],
    shown: Sequence[str],
    title: str,
    time_marks: Sequence[float],
    marks: Sequence[float],
    has_band: bool,
) -> Form:
    """Return the form of scores over seconds; a line of its data holds a whole curve."""
    x = axis("seconds, compilation included", time_marks) | {"field": "seconds"}
    y, look = axis(title, marks), per_row(names, drawn=shown)
    return curves_with(x, y, look, has_band, "naive", "target")


def line_of(comparison: Comparison, one: RowResult) -> dict[str, Any] | None:
    """Return the scores of a row over seconds as a line of data, None if they are not known."""
    found = curve([looks(one) for one in finished(comparison.trainings.get(one.row, []))])
    if one.train_step_ms is None or len(found.steps) < 2:
        return None
    step, begun = one.train_step_ms.value * 1e-3, one.compile_s or 0.0
    seconds = [begun + step * number for number in found.steps]
    intervals = {"low": found.lows, "high": found.highs}
    return {"row": str(one.row), "seconds": seconds, "value": found.losses, **intervals}


def reached(one: RowResult) -> str:
    """Return after how many seconds a row has reached the target, in words."""
    if one.target_steps is None:
        return "not reached"
    if one.target_compiled_s is None:
        return f"after {digits(one.target_steps.value, 3)} steps"
    return f"after {written(quantity(one.target_compiled_s))} s"
