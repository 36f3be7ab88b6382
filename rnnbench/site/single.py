"""One HTML file with tables and pictures, which needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata

from rnnbench.report.made import Made
from rnnbench.report.tables import Table
from rnnbench.site.content import Entry
from rnnbench.site.library import javascript
from rnnbench.site.pictures import Picture, pictures
from rnnbench.site.templating import asset, environment, policy
from rnnbench.text import many

#: What a page of ours begins with, by which it is known again.
BEGINNING = b'<!doctype html>\n<html lang="en">'


def render(
    sections: Sequence[tuple[Table, Sequence[Picture]]], runs: Sequence[Made], title: str
) -> bytes:
    """Return the page.

    Args:
        sections: the tables, each with its pictures.
        runs: what they are made of.
        title: above everything.

    Raises:
        UsageError: if what pages need is not installed.
    """
    from markupsafe import Markup

    template = environment().get_template("single.html")
    scripts = [asset("page.js")]
    if any(own for _, own in sections):
        scripts.insert(0, javascript())
    style = asset("style.css")
    return template.render(
        title=title,
        sections=sections,
        made=[line for one in runs for line in one.lines],
        made_of=many(len(runs), "run"),
        version=metadata.version("rnnbench"),
        policy=policy(scripts, [style]),
        style=Markup(style),
        scripts=[Markup(one) for one in scripts],
    ).encode()


def sections(entries: Sequence[Entry]) -> list[tuple[Table, list[Picture]]]:
    """Return comparisons as sections: each with its table and the pictures of its runs."""
    return [(one.table, list(pictures_of(one))) for one in entries]


def pictures_of(entry: Entry) -> list[Picture]:
    """Return the pictures of a comparison, of the newest run on each machine."""
    return [
        found for source, comparison in entry.drawn for found in pictures(comparison, source.label)
    ]
