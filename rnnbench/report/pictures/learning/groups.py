"""The score over what examples are told apart by, such as the length of sequences."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from rnnbench.analysis.learning.curves import scores_over_groups
from rnnbench.analysis.row_result import RowResult
from rnnbench.report.numbers import digits
from rnnbench.report.pictures.learning.curves import (
    ENDS,
    HAS_INTERVAL,
    HEIGHT,
    curve_layer,
    drawn,
    fit,
    level,
    panel,
    score_title,
)
from rnnbench.report.pictures.panel import Comparison, Form, Panel
from rnnbench.report.pictures.style import axis, layered, marks_of, per_row


def over_groups(comparison: Comparison) -> Panel | None:
    """Draw the score over what examples are told apart by, such as the length of sequences."""
    lines = [line for one in comparison.results if (line := groups_of(comparison, one))]
    if not lines:
        return None
    first, by = comparison.first, lines[0]["by"]
    fitted = fit(lines, first.naive_score)
    form = group_curves(
        comparison.names,
        drawn(lines),
        (by, marks_of(number for line in lines for number in line["number"])),
        (score_title(first), fitted.marks),
    )
    told = "; ".join(
        f"{line['row']} {digits(line['value'][0], 3)} at {digits(line['number'][0], 3)}, "
        f"{digits(line['value'][-1], 3)} at {digits(line['number'][-1], 3)}"
        for line in lines
    )
    words = f"{first.score_name} over {by}: {told}"
    return panel(comparison, form, fitted, words, f"no score over {by}", naive=first.naive_score)


@cache
def group_curves(
    names: Sequence[str],
    shown: Sequence[str],
    along: tuple[str, Sequence[float]],
    upright: tuple[str, Sequence[float]],
) -> Form:
    """Return the form of scores over groups of examples.

    Args:
        names: of the rows.
        shown: those that are drawn.
        along: the title of the axis of the groups, and its marks.
        upright: those of the axis of the score.
    """
    x, y, look = axis(*along) | {"field": "number"}, axis(*upright), per_row(names, drawn=shown)
    # One group alone is no line, and where few lengths are known they should be seen.
    points = {
        "mark": {"type": "point", "filled": True, "size": 16},
        "encoding": {
            "x": x,
            "y": {**y, "field": "value"},
            "color": look["color"],
        },
    }
    intervals = {
        "transform": HAS_INTERVAL,
        "mark": "rule",
        "encoding": {
            "x": x,
            "y": {**y, "field": "low"},
            "y2": {"field": "high"},
            "color": look["color"],
        },
    }
    flat = [{"flatten": ["number", *ENDS]}]
    return layered(
        curve_layer(x, y, look),
        points,
        intervals,
        *level("naive", y),
        transform=flat,
        height=HEIGHT,
    )


def groups_of(comparison: Comparison, one: RowResult) -> dict[str, Any] | None:
    """Return the scores of a row over groups as a line of data, None if it has none."""
    trainings = comparison.trainings.get(one.row, [])
    found = scores_over_groups(trainings)
    if not found.steps:
        return None
    by = next((each.grouped_by for each in trainings if each.grouped_by), "group")
    intervals = {"low": found.lows, "high": found.highs}
    return {"row": str(one.row), "by": by, "number": found.steps, "value": found.losses} | intervals
