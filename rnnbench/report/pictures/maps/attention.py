"""What a net attends to while it writes: a map, the source above it, what is written beside it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from rnnbench.introspection.attention import Attention
from rnnbench.models.vocabulary import Vocabulary
from rnnbench.report.pictures.panel import Form, Panel, Spec
from rnnbench.report.pictures.style import layered
from rnnbench.text import plain
from rnnbench.weights.header import Header

#: Pixels of a line.
LINE = 20
#: Letters of a symbol from which on those of a source stand slantwise.
LONG = 3
#: What stands for white space, which could not be seen.
SPACE = "␣"


def map_of(found: Attention, header: Header) -> Panel:
    """Draw what a net attends to at each step.

    Args:
        found: the weights.
        header: of the net, which names its symbols.
    """
    source = symbols(header.reads, found.source)
    written = symbols(header.writes, found.written)
    steps = [
        {"step": step, "place": list(range(len(source))), "weight": line.round(6).tolist()}
        for step, line in enumerate(found.weights)
    ]
    most = [source[place] for place in found.weights.argmax(axis=1)]
    told = ", ".join(f"{ours} on {theirs}" for ours, theirs in zip(written, most, strict=True))
    return Panel(
        title=f"{header.comparison.task} · {header.comparison.network}",
        setting=header.words,
        form=form(len(source), len(written), max(map(len, source)) >= LONG),
        data={"rows": steps, "source": named("place", source), "written": named("step", written)},
        words=f"attention while it writes, each symbol and what it attends to most: {told}",
    )


def symbols(known: Vocabulary | None, tokens: Sequence[int]) -> list[str]:
    """Return what tokens stand for, as it can be seen; their numbers where that is not known."""
    found = [known.text([token]) if known else f"{token}" for token in tokens]
    return [plain(one) if one.strip() else SPACE for one in found]


def named(field: str, texts: Sequence[str]) -> list[dict[str, Any]]:
    """Return the names along an axis: the same symbol may stand at several places."""
    return [{field: place, "text": text} for place, text in enumerate(texts)]


@cache
def form(source: int, written: int, is_slant: bool) -> Form:
    """Return the form: of the colours the lightness tells the weight, in grey as well."""
    x, y = band("place", source), band("step", written)
    cells = {
        "transform": [{"flatten": ["place", "weight"]}],
        "mark": "rect",
        "encoding": {
            "x": x,
            "y": y,
            "color": {
                "field": "weight",
                "type": "quantitative",
                "title": "attention",
                "scale": {"domain": [0, 1], "scheme": "cividis"},
                "legend": {"gradientLength": 200},
            },
        },
    }
    slant = {"angle": -60, "align": "left"} if is_slant else {"align": "center"}
    above = {
        "data": {"name": "source"},
        "mark": {"type": "text", "baseline": "bottom", **slant},
        "encoding": {"x": x, "y": {"value": -6}, "text": {"field": "text"}},
    }
    beside = {
        "data": {"name": "written"},
        "mark": {"type": "text", "align": "right", "baseline": "middle"},
        "encoding": {"x": {"value": -8}, "y": y, "text": {"field": "text"}},
    }
    return layered(cells, above, beside, height=LINE * written)


def band(field: str, count: int) -> Spec:
    """Return an axis of so many places, whose names are drawn by a layer."""
    return {
        "field": field,
        "type": "ordinal",
        "axis": None,
        "scale": {"domain": list(range(count)), "padding": 0},
    }
