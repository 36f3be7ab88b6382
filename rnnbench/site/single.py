"""One HTML file with tables and pictures, which needs nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rnnbench.report.made import Made
from rnnbench.site import library
from rnnbench.site.pictures import FRAME
from rnnbench.site.sections import Section
from rnnbench.site.templating import asset, environment, own_version, policy
from rnnbench.text import many

#: What a page of ours begins with, by which it is known again.
BEGINNING = b'<!doctype html>\n<html lang="en">'


def render(
    sections: Iterable[Section], runs: Sequence[Made], title: str, has_pictures: bool = True
) -> bytes:
    """Return the page.

    Args:
        sections: the tables, each with its pictures; drawn one by one, as there may be thousands.
        runs: what they are made of.
        title: above everything.
        has_pictures: whether a section has any; they need a library in the page.

    Raises:
        UsageError: if what pages need is not installed.
    """
    from markupsafe import Markup

    template = environment().get_template("single.html")
    scripts = [*[library.javascript()] * has_pictures, asset("page.js")]
    style = asset("style.css")
    pieces = template.generate(
        title=title,
        sections=sections,
        made=[line for one in runs for line in one.lines],
        made_of=many(len(runs), "run"),
        version=own_version(),
        frame=FRAME,
        policy=policy(scripts, [style]),
        style=Markup(style),
        scripts=[Markup(one) for one in scripts],
    )
    return b"".join(piece.encode() for piece in pieces)
