"""One HTML file with tables and pictures, which needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rnnbench.report.pictures.panel import Panel
from rnnbench.report.run_origin import Made
from rnnbench.site.page_sections import Section
from rnnbench.site.pictures import FRAME, Gallery, Picture
from rnnbench.site.templating import as_data, asset, environment, own_version, policy
from rnnbench.system.halves import in_halves
from rnnbench.text import many


def render(
    sections: Sequence[Section], runs: Sequence[Made], title: str, has_pictures: bool = True
) -> bytes:
    """Return a page of tables with their pictures.

    Args:
        sections: the tables, each with its pictures; a child draws half of many.
        runs: what they are made of.
        title: above everything.
        has_pictures: whether a section has any; they need a library in the page.

    Raises:
        UsageError: if what pages need is not installed.
    """
    template, gallery = environment().get_template("section.html"), Gallery()
    from markupsafe import Markup

    def some(numbers: Sequence[int]) -> list[tuple[str, dict[str, str]]]:
        """Return the text of some sections, and the forms of their pictures."""
        own = Gallery()
        drawn = [
            template.render(number=number, section=sections[number - 1], gallery=own)
            for number in numbers
        ]
        return [("\n".join(drawn), own.forms)]

    found = in_halves(some, range(1, 1 + len(sections)), list[tuple[str, dict[str, str]]])
    for _, forms in found:
        gallery.forms |= forms
    return page(
        "single.html",
        has_pictures,
        gallery,
        title=title,
        sections=[Markup(text) for text, _ in found],
        made=[line for one in runs for line in one.lines],
        made_of=many(len(runs), "run"),
    )


def of_panels(panels: Sequence[Panel], heading: Sequence[str]) -> bytes:
    """Return a page of pictures.

    Args:
        panels: what is drawn.
        heading: the title, and lines below it.

    Raises:
        UsageError: if what pages need is not installed.
    """
    title, *lines = heading
    found = [Picture(one, one.title, one.setting, one.told) for one in panels]
    return page(
        "pictures.html",
        has_pictures=True,
        gallery=Gallery(),
        title=title,
        lines=lines,
        pictures=found,
        made_of="what was measured",
    )


def page(template: str, has_pictures: bool, gallery: Gallery, **content: Any) -> bytes:
    """Return a page from its template and what stands on it."""
    found = environment().get_template(template)
    from markupsafe import Markup

    scripts = [*[asset("vega.js")] * has_pictures, asset("page.js")]
    style = asset("style.css")
    pieces = found.generate(
        version=own_version(),
        frame=as_data(FRAME),
        gallery=gallery,
        policy=policy(scripts, [style]),
        style=Markup(style),
        scripts=[Markup(one) for one in scripts],
        **content,
    )
    return b"".join(piece.encode() for piece in pieces)
