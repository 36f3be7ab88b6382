"""The pictures of a page: descriptions as wide as their place, in the colours of the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rnnbench.report.pictures.drawing import SCHEMA
from rnnbench.report.pictures.kinds import DRAWN, TITLES
from rnnbench.report.pictures.panel import Comparison, Panel, Spec
from rnnbench.report.pictures.style import config
from rnnbench.text import plain

#: The part of the description that all pictures of pages share; a figure tells its values.
CONFIG = config("page") | {
    "mark": {"tooltip": {"content": "encoding"}},
}
#: The channels whose legend is a choice: what is not chosen becomes pale.
LEGENDS = ("shape", "strokeDash")


@dataclass(frozen=True)
class Picture:
    """A picture on a page.

    Attributes:
        title: what it shows.
        note: of which run, where there are several.
        words: what it shows, for those who can't see it.
        description: of its drawing.
        notes: what stands below it.
    """

    title: str
    note: str
    words: str
    description: Spec
    notes: list[str]


def pictures(comparison: Comparison, note: str = "") -> Iterator[Picture]:
    """Yield the pictures of one comparison of one run.

    Args:
        comparison: what is drawn.
        note: of which run, where there are several.
    """
    for kind, draw in DRAWN.items():
        if panel := draw(comparison):
            yield picture(panel, TITLES[kind], note)


def picture(panel: Panel, title: str, note: str = "") -> Picture:
    """Return a panel as it stands on a page."""
    description = {
        "$schema": SCHEMA,
        "width": "container",
        "autosize": {"type": "fit-x", "contains": "padding"},
        "config": CONFIG,
        **chosen(plainly(panel.description)),
    }
    return Picture(title, note, panel.words, description, [])


def chosen(description: Spec) -> Spec:
    """Return a description in which the rows that are chosen in the legend stand out."""
    layers = description["layer"]
    has_legend = next(
        (
            place
            for place, layer in enumerate(layers)
            for channel in LEGENDS
            if layer["encoding"].get(channel, {}).get("legend")
        ),
        None,
    )
    if has_legend is None:
        return description
    choice = {
        "name": "chosen",
        "select": {"type": "point", "fields": ["row"]},
        "bind": "legend",
    }
    pale = {"condition": {"param": "chosen", "value": 1}, "value": 0.12}
    found = []
    for place, layer in enumerate(layers):
        own = dict(layer)
        if place == has_legend:
            own["params"] = [choice]
        if "color" in layer["encoding"] and not is_area(layer):
            own["encoding"] = {**layer["encoding"], "opacity": pale}
        found.append(own)
    return {**description, "layer": found}


def is_area(layer: Spec) -> bool:
    """Return whether a layer has an opacity of its own."""
    return isinstance(layer["mark"], dict) and layer["mark"]["type"] == "area"


def plainly(found: Any) -> Any:
    """Return plain objects whose texts have nothing in them that can't be seen."""
    if isinstance(found, str):
        return plain(found)
    if isinstance(found, dict):
        return {key: plainly(one) for key, one in found.items()}
    if isinstance(found, list | tuple):
        return [plainly(one) for one in found]
    return found
