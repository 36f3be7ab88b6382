"""One HTML file with tables and pictures, which needs nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rnnbench.report.pictures.panel import Panel
from rnnbench.report.run_origin import Made
from rnnbench.site.page_sections import Section
from rnnbench.site.pictures import FRAME, Gallery, Picture
from rnnbench.site.templating import as_data, asset, environment, own_version, policy
from rnnbench.text import many

#: What a page of ours begins with, by which it is known again.
BEGINNING = b'<!doctype html>\n<html lang="en">'


def render(
    sections: Iterable[Section], runs: Sequence[Made], title: str, has_pictures: bool = True
) -> bytes:
    """Return a page of tables with their pictures.

    Args:
        sections: the tables, each with its pictures; drawn one by one, as there may be thousands.
        runs: what they are made of.
        title: above everything.
        has_pictures: whether a section has any; they need a library in the page.

    Raises:
        UsageError: if what pages need is not installed.
    """
    return page(
        "single.html",
        has_pictures,
        title=title,
        sections=sections,
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
    found = [Picture(one, one.title, one.setting, one.notes) for one in panels]
    return page(
        "pictures.html",
        has_pictures=True,
        title=title,
        lines=lines,
        pictures=found,
        made_of="what was measured",
    )


def page(template: str, has_pictures: bool, **content: Any) -> bytes:
    """Return a page from its template and what stands on it."""
    from markupsafe import Markup

    found = environment().get_template(template)
    scripts = [*[asset("vega.js")] * has_pictures, asset("page.js")]
    style = asset("style.css")
    pieces = found.generate(
        version=own_version(),
        frame=as_data(FRAME),
        gallery=Gallery(),
        policy=policy(scripts, [style]),
        style=Markup(style),
        scripts=[Markup(one) for one in scripts],
        **content,
    )
    return b"".join(piece.encode() for piece in pieces)
