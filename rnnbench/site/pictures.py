"""The pictures of a page: figures, and once for all that look alike the form they are drawn in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from rnnbench.report.pictures.drawing import SCHEMA
from rnnbench.report.pictures.kinds import DRAWN, TITLES
from rnnbench.report.pictures.panel import Comparison, Data, Form, Panel, Spec
from rnnbench.report.pictures.style import config
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
        panel: what is drawn.
        title: what it shows.
        note: of which run, where there are several.
        notes: what stands below it; that on rows stands below their table.
    """

    panel: Panel
    title: str
    note: str = ""
    notes: Sequence[str] = ()


class Shown(msgspec.Struct, omit_defaults=True):
    """A picture as the script of a page takes it.

    Attributes:
        title, note: what stands above it.
        words: what it shows, for those who can't see it.
        form: the name of its form among those of the page.
        data: what is drawn.
        notes: what stands below it.
    """

    title: str
    words: str
    form: str
    data: Data
    note: str = ""
    notes: Sequence[str] = ()


class Gallery:
    """The pictures of one page.

    Attributes:
        forms: that they are drawn in, as they stand on the page, by name.
    """

    def __init__(self) -> None:
        self.forms: dict[str, str] = {}

    def __call__(self, found: Sequence[Picture]) -> Markup:
        """Return pictures in HTML: data, which the script of the page draws."""
        from markupsafe import Markup

        shown = [self.shown(one) for one in found]
        data = f'<script type="application/json">{as_data(shown)}</script>'
        return Markup(f'<div class="pictures">{data}</div>\n' if shown else "")

    def shown(self, one: Picture) -> Shown:
        """Return a picture with the name of its form."""
        panel = one.panel
        name, form = on_page(panel.form)
        self.forms[name] = form
        return Shown(one.title, panel.words, name, panel.data, one.note, one.notes)

    def as_data(self) -> Markup:
        """Return the forms of all pictures that were shown, once the page has them."""
        from markupsafe import Markup

        entries = (f'"{name}":{form}' for name, form in self.forms.items())
        return Markup(f"{{{','.join(entries)}}}")


@cache
def on_page(form: Form) -> tuple[str, str]:
    """Return the name of a form, and how it stands on each page that has pictures of it."""
    text = str(as_data(chosen(form.description)))
    return hashlib.sha256(text.encode()).hexdigest()[:8], text


def pictures(comparison: Comparison, note: str = "") -> Iterator[Picture]:
    """Yield the pictures of one comparison of one run.

    Args:
        comparison: what they are drawn from.
        note: of which run, where there are several.
    """
    for kind, draw in DRAWN.items():
        if panel := draw(comparison):
            yield Picture(panel, TITLES[kind], note, panel.caveats)


def chosen(description: Spec) -> Spec:
    """Return a description in which the rows that are chosen in the legend stand out."""
    layers = description["layer"]
    has_legend = next(
        (
            place
            for place, layer in enumerate(layers)
            for channel in LEGENDS
            if layer["encoding"].get(channel, {}).get("field") == "row"
            if layer["encoding"][channel]["legend"]
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
