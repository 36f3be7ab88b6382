"""What was learnt: learning curves, and the score against the time that it took."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rnnbench.analysis.learning.curves import learning_curve, scores_over_groups, training_seconds
from rnnbench.analysis.row_result import RowResult
from rnnbench.report.numbers import digits, quantity, where, written
from rnnbench.report.pictures.panel import Comparison, Panel, Spec
from rnnbench.report.pictures.style import axis, ends, layered, per_row


def learning_curves(comparison: Comparison) -> Panel | None:
    """Draw the training loss of all rows over the steps, and the loss of the naive predictor."""
    lines = [line for one in comparison.results if (line := curve_of(comparison, one))]
    if not lines:
        return None
    naive, look = comparison.first.naive_loss, per_row(comparison.names)
    last = max(line["step"][-1] for line in lines)
    x = axis("training step", [0, last], from_zero=True) | {"field": "step"}
    losses = [one for line in lines for name in ENDS for one in line[name] if one is not None]
    y = axis("training loss", [naive, *losses])
    band = {
        "transform": HAS_INTERVAL,
        "mark": {"type": "area", "opacity": 0.15},
        "encoding": {
            "x": x,
            "y": {**y, "field": "low"},
            "y2": {"field": "high"},
            "color": look["color"],
        },
    }
    curve = {
        "mark": "line",
        "encoding": {
            "x": x,
            "y": {**y, "field": "value"},
            **{name: look[name] for name in ("color", "strokeDash", "strokeWidth")},
        },
    }
    look["strokeDash"]["legend"]["symbolSize"] = 400  # long enough for a dash to be seen
    bands = [band] if any(line["low"] for line in lines) else []
    description = layered(lines, *bands, curve, *naive_line(naive, y))
    # A line of data holds a whole curve, as a site has thousands of them.
    description["transform"] = [{"flatten": ["step", *ENDS]}]
    words = f"training loss over {last} steps; the naive predictor has {naive:.3g}"
    return panel(comparison, description, words)


def curve_of(comparison: Comparison, one: RowResult) -> dict[str, Any] | None:
    """Return the learning curve of a row as a line of data, None if it has none."""
    curve = learning_curve(comparison.trainings.get(one.row, []))
    if not curve.steps:
        return None
    intervals = {"low": curve.lows, "high": curve.highs}
    return {"row": str(one.row), "step": curve.steps, "value": curve.losses, **intervals}


def scores_against_time(comparison: Comparison) -> Panel | None:
    """Draw the score of each row against the seconds of its training."""
    points = list(scored(comparison))
    if not points:
        return None
    first, look = comparison.first, per_row(comparison.names)
    better = "higher" if first.score_higher_is_better else "lower"
    title = f"{first.score_name} ({better} is better)"
    x = axis("seconds of training", all_figures(points, "seconds", "least", "most"))
    y = axis(title, [first.naive_score, *all_figures(points, *ENDS)])
    own = {"x": {**x, "field": "seconds"}, "y": {**y, "field": "value"}, "color": look["color"]}
    along = {"x": {**x, "field": "least"}, "x2": {"field": "most"}}
    upright = {"y": {**y, "field": "low"}, "y2": {"field": "high"}}
    description = layered(
        points,
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
        *naive_line(first.naive_score, y),
    )
    told = "; ".join(f"{point['row']} {point['text']}" for point in points)
    return panel(comparison, description, f"{title} against seconds of training: {told}")


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
                "least": seconds.low,
                "most": seconds.high,
            }


def over_groups(comparison: Comparison) -> Panel | None:
    """Draw the score over what examples are told apart by, such as the length of sequences."""
    lines = [line for one in comparison.results if (line := groups_of(comparison, one))]
    if not lines:
        return None
    first, look = comparison.first, per_row(comparison.names)
    by = lines[0]["by"]
    better = "higher" if first.score_higher_is_better else "lower"
    x = axis(by, [number for line in lines for number in line["number"]]) | {"field": "number"}
    scores = [one for line in lines for name in ENDS for one in line[name] if one is not None]
    y = axis(f"{first.score_name} ({better} is better)", [first.naive_score, *scores])
    curve = {
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": x,
            "y": {**y, "field": "value"},
            **{name: look[name] for name in ("color", "strokeDash", "strokeWidth")},
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
    look["strokeDash"]["legend"]["symbolSize"] = 400  # long enough for a dash to be seen
    description = layered(lines, curve, intervals, *naive_line(first.naive_score, y))
    description["transform"] = [{"flatten": ["number", *ENDS]}]
    told = "; ".join(
        f"{line['row']} {digits(line['value'][0], 3)} at {digits(line['number'][0], 3)}, "
        f"{digits(line['value'][-1], 3)} at {digits(line['number'][-1], 3)}"
        for line in lines
    )
    return panel(comparison, description, f"{first.score_name} over {by}: {told}")


def groups_of(comparison: Comparison, one: RowResult) -> dict[str, Any] | None:
    """Return the scores of a row over groups as a line of data, None if it has none."""
    trainings = comparison.trainings.get(one.row, [])
    found = scores_over_groups(trainings)
    if not found.steps:
        return None
    by = next((each.grouped_by for each in trainings if each.grouped_by), "group")
    intervals = {"low": found.lows, "high": found.highs}
    return {"row": str(one.row), "by": by, "number": found.steps, "value": found.losses} | intervals


def all_figures(points: Sequence[dict[str, Any]], *fields: str) -> list[float]:
    """Return all figures of some fields that are known."""
    return [point[name] for point in points for name in fields if point[name] is not None]


def panel(comparison: Comparison, description: Spec, words: str) -> Panel:
    """Return a panel on one comparison."""
    first = comparison.first
    return Panel(
        title=f"{first.task} · {first.model}",
        setting=f"{first.sizes} · {where(first.device, first.threads, first.dtype)}",
        description=description | {"height": HEIGHT},
        words=words,
    )


def naive_line(naive: float, y: Spec) -> list[Spec]:
    """Return the layers that draw what a predictor reaches that has learnt nothing.

    Args:
        naive: its figure.
        y: the axis.
    """
    return level(naive, "naive", y)


def level(figure: float, name: str, y: Spec) -> list[Spec]:
    """Return the layers that draw a figure that rows are held against, with its name."""
    own = {**y, "field": name}
    data = {"values": [{name: figure, "text": name}]}
    words = {"type": "text", "align": "right", "baseline": "bottom", "dy": -3}
    return [
        {
            "data": data,
            "mark": {"type": "rule", "strokeDash": [1, 3], "strokeWidth": 1.5},
            "encoding": {"y": own},
        },
        {
            "data": data,
            "mark": words | {"fontStyle": "italic"},
            "encoding": {"y": own, "x": {"value": "width"}, "text": {"field": "text"}},
        },
    ]


#: Pixels.
HEIGHT = 220
ENDS = ("value", "low", "high")
HAS_INTERVAL = [{"filter": "datum.low != null"}]
