"""Figures side by side: a line per row, its figure as a bar, its interval across the bar's end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from rnnbench.analysis.row_result import RowResult
from rnnbench.measure.estimates import Estimate
from rnnbench.report.numbers import cell_text, quantity, where
from rnnbench.report.one_run.columns import NARROW, step
from rnnbench.report.one_run.tables import failures, unranked
from rnnbench.report.pictures.panel import Comparison, Form, Panel, Spec
from rnnbench.report.pictures.style import axis, ends, layered, marks_of, per_row, row_axis
from rnnbench.report.tables import Cell
from rnnbench.schema.status import MEASURED

#: Pixels of a row.
LINE = 26


def step_times(comparison: Comparison) -> Panel | None:
    """Draw the time of a training step, the failed rows in their places."""
    rows = comparison.results
    notes = [*failures(rows), *unranked([one for one in rows if one.rounds is not None])]
    return panel(comparison, "train step", "ms", lambda one: one.train_step_ms, step, notes)


def shares_of_peak(comparison: Comparison) -> Panel | None:
    """Draw which share of the machine's best matrix product each row reaches."""
    share = NARROW["of_peak"]

    def cell(one: RowResult) -> Cell:
        found = share(one)
        return quantity(found) if found else one.status if one.status not in MEASURED else None

    return panel(comparison, "of peak", "%", share, cell, failures(comparison.results))


def panel(
    comparison: Comparison,
    name: str,
    unit: str,
    figure: Callable[[RowResult], Estimate | None],
    cell: Callable[[RowResult], Cell],
    notes: list[str],
) -> Panel | None:
    """Draw one figure of all rows.

    Args:
        comparison: what is drawn.
        name: of the figure.
        unit: of the figure.
        figure: of a row, None if it has none.
        cell: what the table has in its place.
        notes: what stands below.

    Returns:
        None if no row has the figure.
    """
    found = [(one, figure(one)) for one in comparison.ranked]
    if not any(estimate for _, estimate in found):
        return None
    first = comparison.first
    lines = [line(one, estimate, cell_text(cell(one))) for one, estimate in found]
    figures = [one[end] for one in lines for end in ("value", "low", "high") if one[end]]
    return Panel(
        title=f"{first.task} · {first.model}",
        setting=f"{first.sizes} · {where(first.device, first.threads, first.dtype)}",
        form=bars(comparison.names, f"{name}, {unit}", marks_of(figures)),
        data={"rows": lines},
        words=f"{name} in {unit}: " + "; ".join(f"{one['row']} {one['text']}" for one in lines),
        notes=notes,
    )


def line(one: RowResult, estimate: Estimate | None, text: str) -> dict[str, Any]:
    """Return the data of one row; ``start`` is where its bar begins."""
    known = ends(estimate) if estimate else {"value": None, "low": None, "high": None}
    end = estimate and (estimate.high or estimate.value)
    return {"row": str(one.row), "text": text, "end": end, **known}


@cache
def bars(names: Sequence[str], title: str, marks: Sequence[float]) -> Form:
    """Return the form; where figures are far apart, points, as a bar needs a zero."""
    x, y = axis(title, marks, from_zero=True), row_axis()
    color = per_row(names, columns=0)["color"]
    text = {"type": "text", "align": "left", "dx": 6}
    return layered(
        {
            "transform": KNOWN,
            "mark": POINT if marks else BAR,
            "encoding": {"x": {**x, "field": "value"}, "color": color},
        },
        {
            "transform": [{"filter": "datum.low != null"}],
            "mark": {"type": "errorbar", "ticks": {"size": 8}, "thickness": 1.5},
            "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}},
        },
        {
            "transform": KNOWN,
            "mark": text,
            "encoding": {"x": {**x, "field": "end"}, "text": {"field": "text"}},
        },
        {
            "transform": [{"filter": "datum.value == null"}],
            "mark": text | {"fontStyle": "italic"},
            "encoding": {"x": {"value": 0}, "text": {"field": "text"}},
        },
        room(x, "end"),
        encoding={"y": y},
        height=LINE * len(names),
    )


def room(x: Spec, end: str) -> Spec:
    """Return a layer without ink that leaves room for a figure in words after the longest bar.

    Args:
        x: the axis, which is made longer by it.
        end: the field of the end of a bar.
    """
    ends = [{"op": op, "field": end, "as": op} for op in ("min", "max")]
    is_log = x["scale"]["type"] == "log"
    longer = f"pow(datum.max / datum.min, {ROOM:g})" if is_log else f"{1 + ROOM:g}"
    return {
        "transform": [
            {"joinaggregate": ends},
            {"calculate": f"datum.max * {longer}", "as": "room"},
        ],
        "mark": {"type": "point", "opacity": 0, "tooltip": None},
        "encoding": {"x": {**x, "field": "room"}, "y": {"value": 0}},
    }


#: How much longer than the longest bar the axis is, as a part of it, on a phone as well.
ROOM = 0.45
BAR = {"type": "bar", "height": {"band": 0.62}}
POINT = {"type": "point", "filled": True, "size": 70, "opacity": 1}
KNOWN = [{"filter": "datum.value != null"}]
