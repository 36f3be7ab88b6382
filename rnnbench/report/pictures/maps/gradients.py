"""How gradients flow back through time: a heat map per cell, over distance and spectral radius."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import Any

from rnnbench.introspection.flow import Flow, GradientFlow
from rnnbench.report.lists.gradient_flow import in_words, name_of, setting_in_words
from rnnbench.report.pictures.panel import Form, Panel, Spec
from rnnbench.report.pictures.style import layered

#: Colours end at so many times the gradient at the last step, and at one part in so many.
END = 1e6
#: What is said where a gradient lies beyond.
BEYOND = "what is below 1e-6 has the colour of 1e-6, what is above 1e6 that of 1e6"
#: Pieces of a line, at most.
MOST = 100
#: Pixels of a line, and of all of them.
LINE, LEAST, HIGHEST = 22, 44, 440


def heat_maps(found: GradientFlow) -> list[Panel]:
    """Draw the gradient of each cell: a line per radius, its colour the norm at a distance."""
    each = groupby(found.flows, key=lambda one: (one.cell, one.options))
    return [heat_map(list(flows), setting_in_words(found.setting)) for _, flows in each]


def heat_map(flows: Sequence[Flow], setting: str) -> Panel:
    """Draw one cell."""
    told = [f"radius {radius(flow)} {in_words(flow)}" for flow in flows]
    return Panel(
        title=name_of(flows[0]),
        setting=setting,
        form=drawn(tuple(radius(flow) for flow in flows)),
        data={"rows": [line(flow) for flow in flows]},
        words=f"norm of the gradient by distance and spectral radius: {'; '.join(told)}",
        notes=[BEYOND] if any(within(norm) != norm for flow in flows for norm in flow.norm) else [],
    )


def radius(flow: Flow) -> str:
    """Return the name of a line; a cell without recurrent matrices has but one."""
    return "–" if flow.radius is None else f"{flow.radius:g}"


def line(flow: Flow) -> dict[str, Any]:
    """Return the data of a line: where its pieces begin and end, and the norm at each."""
    pieces = list(spans(len(flow.norm)))
    return {
        "radius": radius(flow),
        "text": in_words(flow).partition(":")[0],
        "first": [first for first, _ in pieces],
        "last": [last for _, last in pieces],
        "norm": [within(flow.norm[first]) for first, _ in pieces],
    }


def spans(count: int) -> Iterator[tuple[int, int]]:
    """Yield the distances from 0 on, in pieces where there are too many to be seen."""
    step = -(-count // MOST)
    yield from ((first, min(first + step, count)) for first in range(0, count, step))


def within(norm: float | None) -> float:
    """Return a norm within what colours tell apart; one beyond float64 has exploded."""
    return END if norm is None else min(max(norm, 1 / END), END)


@cache
def drawn(names: Sequence[str]) -> Form:
    """Return the form; of the colours the lightness tells the norm, in grey as well."""
    y: Spec = {
        "field": "radius",
        "type": "ordinal",
        "title": "spectral radius",
        "scale": {"domain": list(reversed(names)), "padding": 0},
        "axis": {"labelOverlap": True, "ticks": False, "domain": False},
    }
    x: Spec = {
        "field": "first",
        "type": "quantitative",
        "title": "steps back",
        "scale": {"nice": False, "zero": True},
        "axis": {"grid": False},
    }
    colour: Spec = {
        "field": "norm",
        "type": "quantitative",
        "title": "norm of the gradient",
        "scale": {"type": "log", "domain": [1 / END, END], "scheme": "cividis"},
        "legend": {"values": [1 / END, 1e-3, 1, 1e3, END], "format": "~e", "gradientLength": 200},
    }
    pieces = {
        "transform": [{"flatten": ["first", "last", "norm"]}],
        "mark": {"type": "rect", "x2Offset": 0.6},  # no seam between two pieces
        "encoding": {
            "x": x,
            "x2": {"field": "last"},
            "color": colour,
        },
    }
    words = {
        "mark": {"type": "text", "align": "left", "dx": 6},
        "encoding": {"x": {"value": "width"}, "text": {"field": "text"}},
    }
    height = min(max(LINE * len(names), LEAST), HIGHEST)
    return layered(pieces, words, encoding={"y": y}, height=height)
