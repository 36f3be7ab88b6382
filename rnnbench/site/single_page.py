"""One HTML file with tables and pictures, which needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

from rnnbench.report.pictures.panel import Panel
from rnnbench.report.run_origin import Made
from rnnbench.site.page_sections import Section
from rnnbench.site.pictures import FRAME, Gallery, Picture
from rnnbench.site.templating import as_data, asset, environment, own_version, policy
from rnnbench.system.halves import in_halves
from rnnbench.text import many

#: What a page of ours begins with, by which it is known again.
BEGINNING = b'<!doctype html>\n<html lang="en">'


def render(
    sections: Sequence[Section], runs: Sequence[Made], title: str, has_pictures: bool = True
) -> bytes:
    """Return a page of tables with their pictures.

    Args:
        sections: the tables, each with its pictures; one by one, as there may be thousands.
        runs: what they are made of.
        title: above everything.
        has_pictures: whether a section has any; they need a library in the page.

    Raises:
        UsageError: if what pages need is not installed.
    """
    from markupsafe import Markup

    drawn = in_halves(partial(parts, sections), range(len(sections)), list[Part])
    return page(
        "single.html",
        has_pictures,
        Gallery(forms={name: form for part in drawn for name, form in part.forms.items()}),
        title=title,
        sections=[Markup(text) for part in drawn for text in part.texts],
        made=[line for one in runs for line in one.lines],
        made_of=many(len(runs), "run"),
    )


class Part(NamedTuple):
    """Some sections of a page.

    Attributes:
        texts: of each of them, in HTML.
        forms: of their pictures, see :class:`rnnbench.site.pictures.Gallery`.
    """

    texts: list[str]
    forms: dict[str, str]


def parts(sections: Sequence[Section], numbers: Sequence[int]) -> list[Part]:
    """Return the sections of these numbers, drawn, as one part of a page."""
    template, gallery = environment().get_template("section.html"), Gallery()
    texts = []
    for number in numbers:
        table, pictures = sections[number]
        text = template.render(table=table, pictures=pictures, number=number + 1, gallery=gallery)
        texts.append(text)
    return [Part(texts, gallery.forms)]


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
        True,
        Gallery(),
        title=title,
        lines=lines,
        pictures=found,
        made_of="what was measured",
    )


def page(template: str, has_pictures: bool, gallery: Gallery, **content: Any) -> bytes:
    """Return a page from its template and what stands on it.

    Args:
        template: its name.
        has_pictures: whether it needs the library that draws them.
        gallery: knows their forms, or will once they are shown.
        content: the rest.
    """
    from markupsafe import Markup

    found = environment().get_template(template)
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
