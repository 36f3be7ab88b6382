"""Memory: what a process needs before any model, and what its row adds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from rnnbench.analysis.row_result import RowResult
from rnnbench.report.numbers import digits, where
from rnnbench.report.one_run.tables import failures
from rnnbench.report.pictures.intervals import LINE, room
from rnnbench.report.pictures.panel import Comparison, Form, Panel, Spec
from rnnbench.report.pictures.style import COLOURS, axis, faded, layered, row_axis

#: The parts in the order in which they are stacked, and how dense each is.
Part = tuple[str, float]
PARTS: Sequence[Part] = (("before any model", 0.2), ("row adds", 1.0))
WHOLE: Sequence[Part] = (("peak", 0.6),)
#: What figures of memory are.
MEDIAN = "memory is the median over the processes of a row, without an interval"
#: What ``+ ?`` stands for.
UNKNOWN = "+ ?: what the row adds is not known"
BAR_HEIGHT = {"height": {"band": 0.62}}


def memory(comparison: Comparison) -> Panel | None:
    """Draw the memory of all rows; of a run that does not tell what a row adds, its peak."""
    tells_parts = any(one.memory_added_mib is not None for one in comparison.results)
    parts = PARTS if tells_parts else WHOLE
    bars = [bar for one in comparison.ranked for bar in bars_of(one, parts)]
    if not any("mib" in bar for bar in bars):
        return None
    first = comparison.first
    words = [f"{bar['row']} {bar['part']} {digits(bar['mib'], 3)}" for bar in bars if "mib" in bar]
    return Panel(
        title=f"{first.task} · {first.model}",
        setting=f"{first.sizes} · {where(first.device, first.threads, first.dtype)}",
        form=stacked(len(comparison.results), parts),
        data={"rows": bars},
        words=f"memory in MiB: {'; '.join(words)}",
        notes=failures(comparison.results),
        caveats=[MEDIAN, *[UNKNOWN] * any("?" in bar.get("text", "") for bar in bars)],
    )


def bars_of(one: RowResult, parts: Sequence[Part]) -> list[dict[str, Any]]:
    """Return the pieces of the bar of one row, those that are known; of a failed row its status."""
    known = {
        "before any model": one.memory_base_mib,
        "row adds": one.memory_added_mib,
        "peak": one.peak_memory_mib,
    }
    if not one.rounds:
        return [{"row": str(one.row), "status": one.status}]
    own = {part: mib for part, _ in parts if (mib := known[part]) is not None}
    total = sum(own.values())
    text = " + ".join([digits(total, 3), *["?"] * (len(own) < len(parts))])
    return [
        {
            "row": str(one.row),
            "part": part,
            "place": place,
            "mib": mib,
            "total": total,
            "text": text,
        }
        for place, (part, mib) in enumerate(own.items())
    ]


@cache
def stacked(rows: int, parts: Sequence[Part]) -> Form:
    """Return the form: the parts of a row end to end, told apart by how dense they are."""
    x = axis("memory, MiB", from_zero=True)
    known = [{"filter": "isValid(datum.mib)"}]
    text: Spec = {"type": "text", "align": "left", "dx": 6}
    density: Spec = {
        "field": "part",
        "type": "nominal",
        "title": None,
        "scale": {
            "domain": [name for name, _ in parts],
            "range": [faded(COLOURS[0], dense) for _, dense in parts],
        },
        "legend": {
            "symbolType": "square",
            "symbolStrokeColor": COLOURS[0],
            "symbolStrokeWidth": 1,
        },
    }
    return layered(
        {
            "transform": known,
            "mark": {"type": "bar", "stroke": COLOURS[0], **BAR_HEIGHT},
            "encoding": {
                "x": {**x, "field": "mib"},
                "fill": density,
                "order": {"field": "place", "type": "quantitative"},
            },
        },
        {
            "transform": [{"filter": "datum.place == 0"}],
            "mark": text,
            "encoding": {
                "x": {**x, "field": "total"},
                "text": {"field": "text"},
            },
        },
        {
            "transform": [{"filter": "!isValid(datum.mib)"}],
            "mark": text | {"fontStyle": "italic"},
            "encoding": {"x": {"value": 0}, "text": {"field": "status"}},
        },
        room(x, "total"),
        encoding={"y": row_axis()},
        height=LINE * rows,
    )
