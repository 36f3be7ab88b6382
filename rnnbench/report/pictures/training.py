"""What was learnt: learning curves, and the score against the time that it took."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from rnnbench.analysis.learning.curves import learning_curve, scores_over_groups, training_seconds
from rnnbench.analysis.row_result import RowResult
from rnnbench.report.numbers import digits, quantity, where, written
from rnnbench.report.pictures import remarks
from rnnbench.report.pictures.panel import Comparison, Form, Panel, Spec
from rnnbench.report.pictures.style import axis, ends, layered, marks_of, per_row


def learning_curves(comparison: Comparison) -> Panel | None:
    """Draw the training loss of all rows over the steps, and the loss of the naive predictor."""
    lines = [line for one in comparison.results if (line := curve_of(comparison, one))]
    if not lines:
        return None
    naive = comparison.first.naive_loss
    last = max(line["step"][-1] for line in lines)
    fitted = fit(lines, naive)
    has_band = any(line["low"] for line in lines)
    form = curves(comparison.names, drawn(lines), fitted.marks, has_band)
    words = f"training loss over {last} steps; the naive predictor has {naive:.3g}"
    return panel(comparison, form, fitted, words, "without a training loss", naive=naive)


@cache
def curves(
    names: Sequence[str], shown: Sequence[str], marks: Sequence[float], has_band: bool
) -> Form:
    """Return the form of learning curves; a line of its data holds a whole curve."""
    x = axis("training step", from_zero=True) | {"field": "step"}
    y, look = axis("training loss", marks), per_row(names, drawn=shown)
    curve = {
        "mark": "line",
        "encoding": {
            "x": x,
            "y": {**y, "field": "value"},
            **{name: look[name] for name in ("color", "strokeDash", "strokeWidth")},
        },
    }
    look["strokeDash"]["legend"] |= OF_LINES
    flat = [{"flatten": ["step", *ENDS]}]
    bands = [band(x, y, look["color"])] * has_band
    return layered(*bands, curve, *naive_line(y), transform=flat, height=HEIGHT)


def band(x: Spec, y: Spec, color: Spec) -> Spec:
    """Return the layer of the intervals of curves."""
    return {
        "transform": HAS_INTERVAL,
        "mark": {"type": "area", "opacity": 0.15},
        "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}, "color": color},
    }


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
    first, title = comparison.first, score_title(comparison.first)
    along = marks_of(all_figures(points, "seconds", "least", "most"))
    upright = marks_of([first.naive_score, *all_figures(points, *ENDS)])
    told = "; ".join(f"{point['row']} {point['text']}" for point in points)
    words = f"{title} against seconds of training: {told}"
    form = against_time(comparison.names, drawn(points), title, along, upright)
    lacking = "without a score or the seconds of its training"
    return panel(comparison, form, Fitted(points), words, lacking, naive=first.naive_score)


def score_title(one: RowResult) -> str:
    """Return the name of the score of a row, with its direction."""
    return f"{one.score_name} ({'higher' if one.score_higher_is_better else 'lower'} is better)"


@cache
def against_time(
    names: Sequence[str],
    shown: Sequence[str],
    title: str,
    time_marks: Sequence[float],
    marks: Sequence[float],
) -> Form:
    """Return the form of scores over seconds, each with both intervals."""
    x, y = axis("seconds of training", time_marks), axis(title, marks)
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
        *naive_line(y),
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
    curve = {
        "mark": "line",
        "encoding": {
            "x": x,
            "y": {**y, "field": "value"},
            **{name: look[name] for name in ("color", "strokeDash", "strokeWidth")},
        },
    }
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
    look["strokeDash"]["legend"] |= OF_LINES
    flat = [{"flatten": ["number", *ENDS]}]
    return layered(curve, points, intervals, *naive_line(y), transform=flat, height=HEIGHT)


def groups_of(comparison: Comparison, one: RowResult) -> dict[str, Any] | None:
    """Return the scores of a row over groups as a line of data, None if it has none."""
    trainings = comparison.trainings.get(one.row, [])
    found = scores_over_groups(trainings)
    if not found.steps:
        return None
    by = next((each.grouped_by for each in trainings if each.grouped_by), "group")
    intervals = {"low": found.lows, "high": found.highs}
    return {"row": str(one.row), "by": by, "number": found.steps, "value": found.losses} | intervals


def drawn(lines: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """Return the names of the rows that some lines of data belong to, in their order."""
    return tuple(dict.fromkeys(line["row"] for line in lines))


def all_figures(points: Sequence[dict[str, Any]], *fields: str) -> list[float]:
    """Return all figures of some fields that are known."""
    return [point[name] for point in points for name in fields if point[name] is not None]


class Fitted(NamedTuple):
    """Lines of data as they are drawn.

    Attributes:
        lines: the figures of rows.
        marks: of a logarithmic scale; none of a linear one.
        caveats: what is left out of them.
    """

    lines: Sequence[dict[str, Any]]
    marks: tuple[float, ...] = ()
    caveats: Sequence[str] = ()


def fit(lines: Sequence[dict[str, Any]], *levels: float) -> Fitted:
    """Fit curves to a scale: a logarithmic one has no zero, which an interval may reach.

    Args:
        lines: a curve each, with intervals.
        levels: figures that are drawn beside them.
    """
    means = [*levels, *(one for line in lines for one in line["value"])]
    if not marks_of(means):
        return Fitted(lines)
    edge = min(means) / FAR_BELOW
    reaching = [low for line in lines for low in line["low"] if low is not None and low < edge]
    if reaching:
        lines = [cut_below(edge, line) for line in lines]
    figures = (one for line in lines for name in ENDS for one in line[name] if one is not None)
    told = [f"intervals are cut at {digits(edge, 2)}; some reach below"] * bool(reaching)
    return Fitted(lines, marks_of([*levels, *figures]), told)


def cut_below(edge: float, line: dict[str, Any]) -> dict[str, Any]:
    """Return a line of data whose intervals end at an edge."""
    return line | {"low": [low if low is None else max(low, edge) for low in line["low"]]}


def panel(
    comparison: Comparison,
    form: Form,
    fitted: Fitted,
    words: str,
    lacking: str,
    **levels: float,
) -> Panel:
    """Return a panel on one comparison.

    Args:
        comparison: the comparison.
        form: how it is drawn.
        fitted: the figures of its rows.
        words: what it shows.
        lacking: what rows without figures lack, in words.
        levels: figures that rows are held against, by their names, see :func:`level`.
    """
    first, shown = comparison.first, drawn(fitted.lines)
    return Panel(
        title=f"{first.task} · {first.model}",
        setting=f"{first.sizes} · {where(first.device, first.threads, first.dtype)}",
        form=form,
        data={"rows": fitted.lines, **{name: [{name: one}] for name, one in levels.items()}},
        words=words,
        notes=remarks.on_rows(comparison, shown, lacking),
        caveats=[*remarks.on_seeds(comparison, shown), *fitted.caveats],
    )


def naive_line(y: Spec) -> list[Spec]:
    """Return the layers that draw what a predictor reaches that has learnt nothing.

    Args:
        y: the axis.
    """
    return level("naive", y)


def level(name: str, y: Spec) -> list[Spec]:
    """Return the layers that draw a figure that rows are held against, with its name."""
    own = {**y, "field": name}
    data = {"name": name}
    # Beside the picture: within it, curves would cross the word.
    words = {"type": "text", "align": "left", "baseline": "middle", "dx": 4}
    return [
        {
            "data": data,
            "mark": {"type": "rule", "strokeDash": [1, 3], "strokeWidth": 1.5},
            "encoding": {"y": own},
        },
        {
            "data": data,
            "mark": words | {"fontStyle": "italic"},
            "encoding": {"y": own, "x": {"value": "width"}, "text": {"value": name}},
        },
    ]


#: Pixels.
HEIGHT = 220
#: A legend of lines long enough for a dash to be seen, whatever else has the colour.
OF_LINES = {"symbolSize": 400, "symbolType": "stroke", "symbolOpacity": 1}
ENDS = ("value", "low", "high")
#: How far below the lowest mean an interval is drawn on a logarithmic scale.
FAR_BELOW = 3.0
HAS_INTERVAL = [{"filter": "datum.low != null"}]
