"""What a row scores on the way of its training, against the time that it has taken by then."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from rnnbench.analysis.learning.curves import curve, finished
from rnnbench.analysis.learning.target import looks
from rnnbench.analysis.row_result import RowResult
from rnnbench.report.numbers import digits, quantity, written
from rnnbench.report.pictures.panel import Comparison, Form, Panel
from rnnbench.report.pictures.style import axis, layered, marks_of, per_row
from rnnbench.report.pictures.training import HEIGHT, drawn, level, panel, score_title


def scores_on_the_way(comparison: Comparison) -> Panel | None:
    """Draw the score of each row over the seconds of its steps, and the target.

    The steps take what they took where they were timed; the first takes its compilation, too.
    """
    lines = [line for one in comparison.results if (line := line_of(comparison, one))]
    first = comparison.first
    if not lines or first.target_score is None:
        return None
    levels = {"naive": first.naive_score, "target": first.target_score}
    seconds = marks_of(one for line in lines for one in line["seconds"])
    scores = marks_of([*levels.values(), *(one for line in lines for one in line["value"])])
    shown = drawn(lines)
    form = curves(comparison.names, shown, score_title(first), seconds, scores)
    told = "; ".join(
        f"{one.row} {reached(one)}" for one in comparison.results if str(one.row) in shown
    )
    words = f"{score_title(first)} over time; {first.target_score:g}: {told}"
    return panel(comparison, form, lines, words, **levels)


@cache
def curves(
    names: Sequence[str],
    shown: Sequence[str],
    title: str,
    time_marks: Sequence[float],
    marks: Sequence[float],
) -> Form:
    """Return the form of scores over seconds; a line of its data holds a whole curve."""
    x = axis("seconds, compilation included", time_marks) | {"field": "seconds"}
    y, look = axis(title, marks), per_row(names, drawn=shown)
    scores = {
        "mark": "line",
        "encoding": {
            "x": x,
            "y": {**y, "field": "value"},
            **{name: look[name] for name in ("color", "strokeDash", "strokeWidth")},
        },
    }
    look["strokeDash"]["legend"]["symbolSize"] = 400  # long enough for a dash to be seen
    both = [*level("naive", y), *level("target", y)]
    flat = [{"flatten": ["seconds", "value"]}]
    return layered(scores, *both, transform=flat, height=HEIGHT)


def line_of(comparison: Comparison, one: RowResult) -> dict[str, Any] | None:
    """Return the scores of a row over seconds as a line of data, None if they are not known."""
    found = curve([looks(one) for one in finished(comparison.trainings.get(one.row, []))])
    if one.train_step_ms is None or len(found.steps) < 2:
        return None
    step, begun = one.train_step_ms.value * 1e-3, one.compile_s or 0.0
    seconds = [begun + step * number for number in found.steps]
    return {"row": str(one.row), "seconds": seconds, "value": found.losses}


def reached(one: RowResult) -> str:
    """Return after how many seconds a row has reached the target, in words."""
    if one.target_steps is None:
        return "not reached"
    if one.target_compiled_s is None:
        return f"after {digits(one.target_steps.value, 3)} steps"
    return f"after {written(quantity(one.target_compiled_s))} s"
