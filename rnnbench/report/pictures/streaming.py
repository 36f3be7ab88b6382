"""Steps given one at a time: the latency of each row, its median and its 99th percentile."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import groupby
from typing import Any

from rnnbench.analysis.streaming import StreamResult
from rnnbench.measure.estimates import Estimate
from rnnbench.report.numbers import parts, quantity, where, written
from rnnbench.report.one_run.columns import by_ratio
from rnnbench.report.one_run.streaming import failures
from rnnbench.report.pictures.intervals import KNOWN, LINE, POINT, room
from rnnbench.report.pictures.panel import Form, Panel, Spec
from rnnbench.report.pictures.style import (
    COLOURS,
    SHAPES,
    axis,
    ends,
    layered,
    marks_of,
    row_axis,
)

#: What is drawn of a row, by its field.
PARTS = {"latency_us": "median", "p99_us": "99th percentile"}


def latencies(results: Sequence[StreamResult]) -> list[Panel]:
    """Draw the streams of a run, a panel per comparison; none where no row was timed."""
    each = groupby(results, key=lambda one: one.planned.comparison.key)
    found = [list(rows) for _, rows in each]
    return [panel(rows) for rows in found if any(one.latency_us for one in rows)]


def panel(results: Sequence[StreamResult]) -> Panel:
    """Draw one comparison."""
    planned = results[0].planned
    own = planned.comparison
    lines = [line for one in sorted(results, key=by_ratio) for line in lines_of(one)]
    figures = [one[end] for one in lines for end in ("value", "low", "high") if one.get(end)]
    told = "; ".join(f"{one['row']} {one['part']} {one['text']}" for one in lines)
    return Panel(
        title=f"{own.task} · {own.model} · one step at a time",
        setting=f"{planned.sizes} · {where(own.device, own.threads, own.dtype)}",
        form=points(len(results), marks_of(figures)),
        data={"rows": lines},
        words=f"latency of a step in µs: {told}",
        notes=failures(results),
    )


def lines_of(one: StreamResult) -> list[dict[str, Any]]:
    """Return the data of one row, a line per part; of a row without figures how it ended."""
    name = str(one.row)
    known = {part: found for field, part in PARTS.items() if (found := getattr(one, field))}
    if not known:
        ended = "disturbed" if one.rounds else one.status
        return [{"row": name, "part": "", "text": ended, "value": None, "low": None}]
    both = " · ".join(map(value_of, known.values()))
    return [
        {
            "row": name,
            "part": part,
            "text": written(quantity(found)),
            "both": both,
            "end": max(each.high or each.value for each in known.values()),
            **ends(found),
        }
        for part, found in known.items()
    ]


def value_of(found: Estimate) -> str:
    """Return a figure without its interval, in the digits that a table has."""
    own = parts(quantity(found), found.value)
    return own.sign + own.value


@cache
def points(rows: int, marks: Sequence[float]) -> Form:
    """Return the form: both parts of a row on its line, told apart by shape and colour."""
    x = axis("latency of a step, µs", marks, from_zero=True)
    look = {
        channel: {
            "field": "part",
            "type": "nominal",
            "title": None,
            "scale": {"domain": list(PARTS.values()), "range": list(own[: len(PARTS)])},
        }
        for channel, own in (("color", COLOURS), ("shape", SHAPES))
    }
    text: Spec = {"type": "text", "align": "left", "dx": 6}
    return layered(
        {
            "transform": KNOWN,
            "mark": POINT,
            "encoding": {"x": {**x, "field": "value"}, **look},
        },
        {
            "transform": [{"filter": "datum.low != null"}],
            "mark": {"type": "errorbar", "ticks": {"size": 8}, "thickness": 1.5},
            "encoding": {
                "x": {**x, "field": "low"},
                "x2": {"field": "high"},
                "color": look["color"],
            },
        },
        {
            "transform": [{"filter": f"datum.part == '{PARTS['latency_us']}'"}],
            "mark": text,
            "encoding": {"x": {**x, "field": "end"}, "text": {"field": "both"}},
        },
        {
            "transform": [{"filter": "datum.value == null"}],
            "mark": text | {"fontStyle": "italic"},
            "encoding": {"x": {"value": 0}, "text": {"field": "text"}},
        },
        room(x, "end"),
        encoding={"y": row_axis()},
        height=LINE * rows,
    )
