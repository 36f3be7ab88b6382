"""The score against the time that training took."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from rnnbench.analysis.learning.curves import training_seconds
from rnnbench.report.numbers import digits, quantity, written
from rnnbench.report.pictures.learning.curves import (
    ENDS,
    HAS_INTERVAL,
    HEIGHT,
    Fitted,
    drawn,
    level,
    panel,
    score_title,
)
from rnnbench.report.pictures.panel import Comparison, Form, Panel
from rnnbench.report.pictures.style import axis, ends, layered, marks_of, per_row


def scores_against_time(comparison: Comparison) -> Panel | None:
    """Draw the score of each row against the seconds of its training."""
    points = list(scored(comparison))
    if not points:
        return None
    first, title = comparison.first, score_title(comparison.first)
    seconds = all_figures(points, "seconds", "least", "most")
    upright = marks_of([first.naive_score, *all_figures(points, *ENDS)])
    told = "; ".join(f"{point['row']} {point['text']}" for point in points)
    words = f"{title} against seconds of training: {told}"
    is_alone = len(set(seconds)) == 1  # one figure alone makes no axis
    form = against_time(
        comparison.names, drawn(points), title, marks_of(seconds), upright, from_zero=is_alone
    )
    lacking = "without a score or the seconds of its training"
    return panel(comparison, form, Fitted(points), words, lacking, naive=first.naive_score)


@cache
def against_time(
    names: Sequence[str],
    shown: Sequence[str],
    title: str,
    time_marks: Sequence[float],
    marks: Sequence[float],
    from_zero: bool,
) -> Form:
    """Return the form of scores over seconds, each with both intervals."""
    x, y = axis("seconds of training", time_marks, from_zero), axis(title, marks)
    look = per_row(names, drawn=shown)
    own = {"x": {**x, "field": "seconds"}, "y": {**y, "field": "value"}, "color": look["color"]}
    along = {"x": {**x, "field": "least"}, "x2": {"field": "most"}}
    upright = {"y": {**y, "field": "low"}, "y2": {"field": "high"}}
    return layered(
        {
            "mark": {"type": "point", "size": 110, "strokeWidth": 2.5, "opacity": 1},
            "encoding": own | {"shape": look["shape"]},
        },
        {
            "transform": [{"filter": "datum.least != null"}],
            "mark": "rule",
            "encoding": own | along,
        },
        {"transform": HAS_INTERVAL, "mark": "rule", "encoding": own | upright},
        *level("naive", y),
        height=HEIGHT,
    )


def scored(comparison: Comparison) -> Iterator[dict[str, Any]]:
    """Yield the data of each row that has a score and the seconds of its training."""
    for one in comparison.results:
        seconds = training_seconds(comparison.trainings.get(one.row, []))
        if one.score and seconds:
            yield {
                "row": str(one.row),
                "text": f"{written(quantity(one.score))} in {digits(seconds.value, 2)} s",
                **ends(one.score),
                "seconds": seconds.value,
                "least": seconds.low and max(0.0, seconds.low),  # no training takes less
                "most": seconds.high,
            }


def all_figures(points: Sequence[dict[str, Any]], *fields: str) -> list[float]:
    """Return all figures of some fields that are known."""
    return [point[name] for point in points for name in fields if point[name] is not None]
