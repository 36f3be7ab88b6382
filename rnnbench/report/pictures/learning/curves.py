"""What pictures of training share: curves fitted to a scale, intervals, levels beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from rnnbench.analysis.row_result import RowResult
from rnnbench.report.numbers import digits, where
from rnnbench.report.pictures import remarks
from rnnbench.report.pictures.panel import Comparison, Form, Panel, Spec
from rnnbench.report.pictures.style import layered, marks_of

#: Pixels.
HEIGHT = 220
#: A legend of lines long enough for a dash to be seen, whatever else has the colour.
OF_LINES = {"symbolSize": 400, "symbolType": "stroke", "symbolOpacity": 1}
ENDS = ("value", "low", "high")
#: How far below the lowest mean an interval is drawn on a logarithmic scale.
FAR_BELOW = 3.0
HAS_INTERVAL = [{"filter": "datum.low != null"}]


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

    @property
    def has_band(self) -> bool:
        """Whether a curve has intervals."""
        return any(line["low"] for line in self.lines)


def fit(lines: Sequence[dict[str, Any]], *levels: float, least: float = -math.inf) -> Fitted:
    """Fit curves to a scale: a logarithmic one has no zero, which an interval may reach.

    Args:
        lines: a curve each, with intervals.
        levels: figures that are drawn beside them.
        least: where intervals end unless a mean is below it: no squared error is below zero.
    """
    means = [*levels, *(one for line in lines for one in line["value"])]
    is_logarithmic, lowest = bool(marks_of(means)), min(means)
    edge = lowest / FAR_BELOW if is_logarithmic else least if lowest >= least else -math.inf
    reaching = [low for line in lines for low in line["low"] if low is not None and low < edge]
    if reaching:
        lines = [cut_below(edge, line) for line in lines]
    told = [f"intervals are cut at {digits(edge, 2) if edge else 0}; some reach below"]
    figures = (one for line in lines for name in ENDS for one in line[name] if one is not None)
    marks = marks_of([*levels, *figures]) if is_logarithmic else ()
    return Fitted(lines, marks, told * bool(reaching))


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


def drawn(lines: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """Return the names of the rows that some lines of data belong to, in their order."""
    return tuple(dict.fromkeys(line["row"] for line in lines))


def score_title(one: RowResult) -> str:
    """Return the name of the score of a row, with its direction."""
    return f"{one.score_name} ({'higher' if one.score_higher_is_better else 'lower'} is better)"


def curve_layer(x: Spec, y: Spec, look: Spec) -> Spec:
    """Return the layer of curves, whose legend shows dashes."""
    look["strokeDash"]["legend"] |= OF_LINES
    return {
        "mark": "line",
        "encoding": {
            "x": x,
            "y": {**y, "field": "value"},
            **{name: look[name] for name in ("color", "strokeDash", "strokeWidth")},
        },
    }


def curves_with(x: Spec, y: Spec, look: Spec, has_band: bool, *levels: str) -> Form:
    """Return the form of curves with their intervals, and of levels; a line of data is a curve."""
    bands = [band(x, y, look["color"])] * has_band
    beside = [layer for name in levels for layer in level(name, y)]
    flat = [{"flatten": [x["field"], *ENDS]}]
    return layered(*bands, curve_layer(x, y, look), *beside, transform=flat, height=HEIGHT)


def band(x: Spec, y: Spec, color: Spec) -> Spec:
    """Return the layer of the intervals of curves."""
    return {
        "transform": HAS_INTERVAL,
        "mark": {"type": "area", "opacity": 0.15},
        "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}, "color": color},
    }


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
