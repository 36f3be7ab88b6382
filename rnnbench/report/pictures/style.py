"""How pictures look: told apart by shape and dash where colours are not, on light and on dark."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import cycle, islice
from typing import Any, Literal

from rnnbench.measure.estimates import Estimate
from rnnbench.report.pictures.panel import Form, Spec
from rnnbench.text import plain

#: Colours that the colour-blind tell apart (Okabe & Ito, "Color Universal Design", 2008; those of
#: medium lightness, and a grey), each with a contrast of 3 on white and on black.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#c06a9a", "#8a8a8a")
DASHES = ([1, 0], [6, 3], [2, 2], [8, 2, 2, 2], [12, 4], [4, 1], [1, 3])
SHAPES = (
    *("circle", "square", "triangle-up", "diamond", "cross"),
    *("triangle-down", "triangle-right", "triangle-left"),
)
#: Pixels of the first curve and of the last.
WIDTHS = (4.5, 1.5)
#: Figures further apart are drawn on a logarithmic scale.
FAR_APART = 20.0
#: Marks of a logarithmic axis at least.
FEWEST = 3
#: The colours of a picture: of the reader's page, or of a file.
Theme = Literal["page", "light", "dark"]
#: Ink and paper of each.
THEMES: dict[Theme, tuple[str, str]] = {
    "page": ("currentColor", "transparent"),
    "light": ("#1f2328", "#ffffff"),
    "dark": ("#e6edf3", "#0d1117"),
}


def config(theme: Theme) -> Spec:
    """Return the part of a description that all pictures share."""
    ink, paper = THEMES[theme]
    words = {"labelColor": ink, "titleColor": ink, "labelLimit": 220, "titleLimit": 400}
    return {
        "background": paper,
        "font": "sans-serif",
        "view": {"stroke": None},
        "axis": {
            **words,
            "titleFontWeight": "normal",
            "domainColor": ink,
            "tickColor": ink,
            "gridColor": ink,
            "gridOpacity": 0.15,
            "domainOpacity": 0.5,
            "tickOpacity": 0.5,
        },
        "legend": {
            **words,
            "orient": "bottom",
            "symbolSize": 90,
            "symbolStrokeWidth": 2,
            "symbolFillColor": "transparent",
        },
        "title": {
            "color": ink,
            "subtitleColor": ink,
            "anchor": "start",
            "fontWeight": "bold",
            "frame": "group",
        },
        "text": {"color": ink},
        "rule": {"color": ink},
        "tick": {"color": ink},
    }


def per_row(names: Sequence[str], columns: int = 2, drawn: Sequence[str] | None = None) -> Spec:
    """Return the channels that tell rows apart: colour, and shape or dash.

    Args:
        names: of all rows, so that a row looks the same in every picture of a comparison.
        columns: of the legend; 0 for none, where an axis tells them.
        drawn: the names in the legend, all by default: what has no figures is not drawn.
    """
    legend: Spec | None = None
    if columns:
        legend = {"title": None, "columns": columns, "labelLimit": 400}
    if legend and drawn is not None:
        legend |= {"values": list(drawn)}
    looks: dict[str, Iterable[Any]] = {
        "color": cycle(COLOURS),
        "shape": cycle(SHAPES),
        "strokeDash": cycle(DASHES),
        # Curves of the same function lie on each other: each is narrower than the one below.
        "strokeWidth": widths(max(2, len(names))),
    }
    return {
        name: {
            "field": "row",
            "type": "ordinal" if name == "strokeWidth" else "nominal",
            # A range of a single value is not heeded.
            "scale": {"domain": list(names), "range": list(islice(own, max(2, len(names))))},
            "legend": legend,
        }
        for name, own in looks.items()
    }


def faded(colour: str, density: float) -> str:
    """Return a colour that lets so much of the paper through."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return f"rgba({red}, {green}, {blue}, {density})"


def widths(count: int) -> list[float]:
    """Return the widths of so many curves, each a like part narrower than the one below."""
    first, last = WIDTHS
    return [first * (last / first) ** (place / max(1, count - 1)) for place in range(count)]


def row_axis() -> Spec:
    """Return the axis along which rows stand below each other, in the order of the data."""
    return {
        "field": "row",
        "type": "nominal",
        "title": None,
        "sort": None,
        "axis": {"ticks": False, "domain": False, "labelPadding": 6},
    }


def axis(title: str, marks: Sequence[float] = (), from_zero: bool = False) -> Spec:
    """Return what the layers of a picture share along one axis: title, scale and marks.

    Args:
        title: of the axis.
        marks: of a logarithmic scale; none of a linear one, see :func:`marks_of`.
        from_zero: whether a linear one begins at zero, as bars need.
    """
    if marks:
        scale: Spec = {"type": "log", "nice": False, "padding": 10}
        ticks: Spec = {"values": list(marks), "format": "~g"}
    else:
        room = 0 if from_zero else 10
        scale = {"type": "linear", "zero": from_zero, "nice": not from_zero, "padding": room}
        ticks = {"tickCount": 5}
    return {"type": "quantitative", "title": worded(title), "scale": scale, "axis": ticks}


def worded(title: str) -> str:
    """Return a title that stays a text within an expression.

    Vega-Lite writes titles into expressions of its own, which describe a mark or an axis, and
    escapes quotes there, but neither the backslash before one nor the end of a line.
    """
    return plain(title).replace("\\", "\N{SET MINUS}")


def marks_of(figures: Iterable[float]) -> tuple[float, ...]:
    """Return the marks of figures that are drawn on a logarithmic scale, as they are far apart.

    Returns:
        Nothing for figures that a linear scale shows.
    """
    known = list(filter(math.isfinite, figures))
    low, high = min(known, default=0), max(known, default=0)
    return decades(low, high) if low > 0 and high > FAR_APART * low else ()


def decades(low: float, high: float) -> tuple[float, ...]:
    """Return round numbers from one figure to another: powers of ten, of few 2 and 5 times them.

    Where these are too few between the two, it is numbers at even distances.
    """
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    steps = (1,) if last - first > 3 else (1, 3) if last - first > 2 else (1, 2, 5)
    found = tuple(step * 10.0**power for power in range(first, last + 1) for step in steps)
    return found if sum(low <= one <= high for one in found) >= FEWEST else evenly(low, high)


def evenly(low: float, high: float) -> tuple[float, ...]:
    """Return a few round numbers at even distances between two figures, none if they are one."""
    if low >= high:
        return ()
    power = math.floor(math.log10(high - low))
    widths = (step * 10.0**place for place in (power, power - 1) for step in (5, 2, 1))
    found = (multiples(width, low, high) for width in widths)
    return next(marks for marks in found if len(marks) >= FEWEST)


def multiples(width: float, low: float, high: float) -> tuple[float, ...]:
    """Return the multiples of a number between two figures, rounded to where they are round."""
    places = 1 - math.floor(math.log10(width))
    numbers = range(math.ceil(low / width), math.floor(high / width) + 1)
    return tuple(round(number * width, places) for number in numbers)


def ends(estimate: Estimate) -> dict[str, float | None]:
    """Return an estimate as the fields of a line of data: ``value``, ``low``, ``high``."""
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}


def layered(*layers: Spec, **others: Any) -> Form:
    """Return a form of several layers over the data named ``rows``.

    Args:
        layers: each a part of a description; one may name data of its own.
        others: what else the description has, as a height.
    """
    return Form({"data": {"name": "rows"}, "layer": list(layers), **others})
