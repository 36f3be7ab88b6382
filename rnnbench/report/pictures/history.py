"""The history of rows: their times over the runs on one machine."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from rnnbench.analysis.row_result import RowResult
from rnnbench.report.numbers import quantity, written
from rnnbench.report.pictures.panel import Form, Panel, Spec
from rnnbench.report.pictures.style import axis, ends, layered, marks_of, per_row
from rnnbench.report.run_origin import Made

HEIGHT = 240
#: Runs whose labels have room side by side on a phone; those of more are turned.
FEW = 4
#: Between the parts of what a run is called.
BETWEEN = " · "
#: The parts of a label in the language of Vega: when a run began, and its commit.
WHEN, DATE, TIME = (f"slice(datum.label, {part})" for part in ("0, 20", "0, 10", "11, 20"))
COMMIT = f"split(datum.label, '{BETWEEN}')[1] || ''"


def step_times(
    runs: Sequence[tuple[Made, Sequence[RowResult]]], names: tuple[str, ...]
) -> Panel | None:
    """Draw the time of a training step of each row, run by run; None if none is known.

    Args:
        runs: of one comparison on one machine, each with its rows.
        names: of all rows that are drawn beside each other, in their order; none if those drawn
            here have colours of their own.
    """
    in_order = sorted(runs, key=lambda run: run[0].started)
    points: list[dict[str, Any]] = [
        {
            "row": str(one.row),
            "run": called(made),
            "text": written(quantity(one.train_step_ms)),
            **ends(one.train_step_ms),
        }
        for made, results in in_order
        for one in results
        if one.train_step_ms
    ]
    if not points:
        return None
    shown = tuple(sorted({point["row"] for point in points}))
    labels = tuple(called(made) for made, _ in in_order)
    figures = [one[end] for one in points for end in ("value", "low", "high") if one[end]]
    return Panel(
        title="history",
        setting="",
        form=drawn(names or shown, shown, labels, marks_of(figures)),
        data={"rows": points},
        words="train step in ms: "
        + "; ".join(f"{one['row']} {one['text']} in {one['run']}" for one in points),
    )


def called(made: Made) -> str:
    """Return what a run is called: when it began, its commit and its name."""
    return BETWEEN.join(filter(None, (made.when, (made.git or "")[:7], made.name)))


def labelled(count: int) -> Spec:
    """Return how so many runs are labelled on the axis: by date and commit, which have room.

    A run without a commit has its name there. All that it is called is told beside its points.
    """
    few = count <= FEW
    lines = [DATE, TIME, COMMIT] if few else [WHEN, COMMIT]
    return {
        "labelExpr": f"[{', '.join(lines)}]",
        "labelAngle": 0 if few else -90,
        "labelLimit": 68 if few else 180,
        "labelOverlap": "parity",
        "grid": False,
    }


@cache
def drawn(
    names: Sequence[str], shown: Sequence[str], runs: Sequence[str], marks: Sequence[float]
) -> Form:
    """Return the form: a step along the axis from one run to the next."""
    y, look = axis("train step, ms", marks), per_row(names, drawn=shown)
    x: Spec = {
        "field": "run",
        "type": "ordinal",
        "title": None,
        "scale": {"domain": list(dict.fromkeys(runs))},
        "axis": labelled(len(runs)),
    }
    own = {"x": x, "color": look["color"]}
    return layered(
        {
            "mark": {"type": "point", "size": 60, "strokeWidth": 2, "opacity": 1},
            "encoding": {**own, "y": {**y, "field": "value"}, "shape": look["shape"]},
        },
        {
            "mark": {"type": "line", "strokeWidth": 1.5},
            "encoding": {**own, "y": {**y, "field": "value"}, "detail": {"field": "row"}},
        },
        {
            "transform": [{"filter": "datum.low != null"}],
            "mark": {"type": "rule", "strokeWidth": 1.5},
            "encoding": {**own, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
        },
        height=HEIGHT,
    )
