"""The pictures of a page: descriptions as wide as their place, in the colours of the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rnnbench.report.pictures.drawing import SCHEMA
from rnnbench.report.pictures.kinds import DRAWN, TITLES
from rnnbench.report.pictures.panel import Comparison, Panel, Spec
from rnnbench.report.pictures.style import config
from rnnbench.site.tables.grids import text
from rnnbench.site.templating import as_data

if TYPE_CHECKING:
    from markupsafe import Markup

#: The part of the description that all pictures share; it stands once on a page. They are as wide
#: as their place, and a figure tells its values.
FRAME: Spec = {
    "$schema": SCHEMA,
    "width": "container",
    "autosize": {"type": "fit-x", "contains": "padding"},
    "config": config("page") | {"mark": {"tooltip": {"content": "encoding"}}},
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
        description: of its drawing, but for :data:`FRAME`.
        notes: what stands below it.
    """

    title: str
    note: str
    words: str
    description: Spec
    notes: Sequence[str] = ()


def pictures(comparison: Comparison, note: str = "") -> Iterator[Picture]:
    """Yield the pictures of one comparison of one run.

    Args:
        comparison: what is drawn.
        note: of which run, where there are several.
    """
    for kind, draw in DRAWN.items():
        if panel := draw(comparison):
            yield picture(panel, TITLES[kind], note)


def gallery(found: Sequence[Picture]) -> Markup:
    """Return pictures in HTML, each with its description as data, and in words what it shows."""
    from markupsafe import Markup

    figures = "".join(map(figure, found))
    return Markup(f'<div class="pictures">\n{figures}</div>\n' if figures else "")


def figure(one: Picture) -> str:
    """Return one picture in HTML."""
    note = f"<small>{text(one.note)}</small>" if one.note else ""
    notes = "".join(f"<li>{text(line)}</li>" for line in one.notes)
    below = f'<ul class="notes">{notes}</ul>\n' if notes else ""
    return (
        f'<figure class="picture">\n<figcaption>{text(one.title)}{note}</figcaption>\n'
        f'<div class="drawing" role="img" aria-label="{text(one.words)}"></div>\n'
        f'<script type="application/json">{as_data(one.description)}</script>\n{below}</figure>\n'
    )


def picture(panel: Panel, title: str, note: str = "") -> Picture:
    """Return a panel as it stands on a page."""
    return Picture(title, note, panel.words, chosen(panel.description))


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
