"""Figures side by side: a line per row, its figure as a bar, its interval across the bar's end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rnnbench.analysis.row_result import RowResult
from rnnbench.measure.estimates import Estimate
from rnnbench.report.numbers import cell_text, where
from rnnbench.report.one_run.columns import of_peak, step
from rnnbench.report.one_run.tables import failures, unranked
from rnnbench.report.pictures.panel import Comparison, Panel, Spec
from rnnbench.report.pictures.style import are_far_apart, axis, ends, layered, per_row, row_axis
from rnnbench.report.tables import Cell

#: Pixels of a row.
LINE = 26


def step_times(comparison: Comparison) -> Panel | None:
    """Draw the time of a training step, the failed rows in their places."""
    rows = comparison.results
    notes = [*failures(rows), *unranked([one for one in rows if one.rounds is not None])]
    return panel(comparison, "train step", "ms", lambda one: one.train_step_ms, step, notes)


def shares_of_peak(comparison: Comparison) -> Panel | None:
    """Draw which share of the machine's best matrix product each row reaches."""
    return panel(comparison, "of peak", "%", share, of_peak, [])


def share(one: RowResult) -> Estimate | None:
    """Return the share of the peak in per cent."""
    return one.of_peak and one.of_peak.scaled(100)


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
    found = [(one, figure(one)) for one in comparison.results]
    if not any(estimate for _, estimate in found):
        return None
    first = comparison.first
    lines = [line(one, estimate, cell_text(cell(one))) for one, estimate in found]
    return Panel(
        title=f"{first.task} · {first.model}",
        setting=f"{first.sizes} · {where(first.device, first.threads, first.dtype)}",
        description=bars(lines, comparison.names, f"{name}, {unit}"),
        words=f"{name} in {unit}: " + "; ".join(f"{one['row']} {one['text']}" for one in lines),
        notes=notes,
    )


def line(one: RowResult, estimate: Estimate | None, text: str) -> dict[str, Any]:
    """Return the data of one row; ``start`` is where its bar begins."""
    known = ends(estimate) if estimate else {"value": None, "low": None, "high": None}
    end = estimate and (estimate.high or estimate.value)
    return {"row": str(one.row), "text": text, "end": end, **known}


def bars(lines: list[dict[str, Any]], names: list[str], title: str) -> Spec:
    """Return the description; where figures are far apart, points, as a bar needs a zero."""
    figures = [one[end] for one in lines for end in ("value", "low", "high") if one[end]]
    x, y = with_room(axis(title, figures, from_zero=True), figures), row_axis(names)
    color = per_row(names, columns=0)["color"]
    mark = POINT if are_far_apart(figures) else BAR
    text = {"type": "text", "align": "left", "dx": 6}
    return layered(
        lines,
        {
            "transform": KNOWN,
            "mark": mark,
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
    ) | {"encoding": {"y": y}, "height": LINE * len(names)}


def with_room(x: Spec, figures: Sequence[float]) -> Spec:
    """Return an axis that leaves room for a figure in words after the longest bar."""
    low = 0 if x["scale"]["type"] == "linear" else min(figures)
    longest = max(figures)
    domain = [low, longest * (ROOM if low == 0 else (longest / low) ** (ROOM - 1))]
    return {**x, "scale": {**x["scale"], "domain": domain, "nice": False}}


#: How much longer than the longest bar the axis is, on a phone as well.
ROOM = 1.45
BAR = {"type": "bar", "height": {"band": 0.62}}
POINT = {"type": "point", "filled": True, "size": 70, "opacity": 1}
KNOWN = [{"filter": "datum.value != null"}]
