"""The site: a folder of pages that needs no server."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from rnnbench.report.formats import csv
from rnnbench.report.publish import flat
from rnnbench.report.publish.selection import Selection
from rnnbench.report.publish.sources import Source, obstacles
from rnnbench.site.comparisons import Entry
from rnnbench.site.comparisons import drawn as pictured
from rnnbench.site.history import history
from rnnbench.site.page_sections import OTHERS, Section
from rnnbench.site.pictures import FRAME, Gallery, pictures
from rnnbench.site.tables import lists, places
from rnnbench.site.templating import as_data, asset, environment, escaped, own_version, policy
from rnnbench.text import many

MENU = (
    ("comparisons", "index.html"),
    ("rows", "rows.html"),
    ("scaling", "scaling.html"),
    ("streams", "streams.html"),
    ("systems", "systems.html"),
    ("machines", "machines.html"),
    ("runs", "runs.html"),
    ("versions", "versions.html"),
)
INTRODUCTIONS = {
    "systems": "A system is a model on a task. The error is the largest of the rows that passed, "
    "against the oracle in double precision.",
    "machines": "What was measured on different machines is not ranked.",
    "runs": "The newest first, each with the command that repeats it.",
    "scaling": "How costs grow with a size: what was measured, and the power that fits it.",
    "streams": "Rows that were given one step at a time: from the input of a step to its output.",
    "versions": "Which libraries computed which runs.",
}


@dataclass(frozen=True)
class Published:
    """What a site is made of.

    Attributes:
        sources: the runs, told apart.
        files: their results files, to be downloaded, by :func:`raw_name`.
        title: of the site.
        wanted: which columns tables have, in which order the rows.
    """

    sources: Sequence[Source]
    files: Mapping[str, Path]
    title: str
    wanted: Selection = field(default_factory=Selection)

    @cached_property
    def others(self) -> dict[str, list[Section]]:
        """What stands on pages of its own beside comparisons, by their names."""
        found = {name: list(own(self.sources, self.wanted)) for name, own in OTHERS.items()}
        return {name: sections for name, sections in found.items() if sections}


def beside(published: Published, found: Sequence[Entry]) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a site but for the pages of comparisons: their paths, what is in them.

    Args:
        published: the runs.
        found: the comparisons.

    Raises:
        UsageError: if what pages need is not installed.
    """
    yield from drawn(published, found)
    yield from raw(published)
    for name in ("vega.js", "page.js", "style.css"):
        yield f"assets/{name}", asset(name).encode()


def drawn(published: Published, found: Sequence[Entry]) -> Iterator[tuple[str, bytes]]:
    """Yield the pages that all others name."""
    page = partial(rendered, published)
    yield (
        "index.html",
        page(
            "index.html",
            figures=figures(published.sources, found),
            comparisons=lists.comparisons(found),
            obstacles=list(obstacles(published.sources)),
        ),
    )
    if found:
        yield "rows.html", page("rows.html", rows=lists.all_rows(found))
    for name in ("systems", "machines", "runs", "versions"):
        yield (
            f"{name}.html",
            page(
                f"{name}.html",
                template="tables.html",
                title=name.capitalize(),
                introduction=INTRODUCTIONS[name],
                table=getattr(places, name)(published.sources),
                files=raw_files(published.sources) if name == "runs" else [],
            ),
        )
    for name, sections in published.others.items():
        yield (
            f"{name}.html",
            page(
                f"{name}.html",
                template="sections.html",
                title=name.capitalize(),
                introduction=INTRODUCTIONS[name],
                sections=sections,
                raw="streams.csv" if name == "streams" else "",
            ),
        )


def rendered(published: Published, here: str, template: str = "", **content: Any) -> bytes:
    """Return a page.

    Args:
        published: the runs.
        here: its path.
        template: its template, of the same name by default.
        content: what stands on it.
    """
    whole = {"title": published.title, "gallery": Gallery(), **common(published, here), **content}
    return environment().get_template(template or here).render(whole).encode()


def common(published: Published, here: str, root: str = "") -> dict[str, Any]:
    """Return what stands on all pages.

    Args:
        published: the runs.
        here: the path of the page, as the menu has it.
        root: the way to the folder of the site.
    """
    macros: Any = environment().get_template("macros.html").module
    return {
        "site_title": published.title,
        "policy": policy(),
        "menu": macros.menu(menu(published), here, root),
        "root": root,
        "version": own_version(),
        "frame": as_data(FRAME),
        "made_of": many(len(published.sources), "run"),
    }


def menu(published: Published) -> list[tuple[str, str]]:
    """Return the pages that all others name."""
    has_rows = any(one.results for one in published.sources)
    absent = {*(OTHERS.keys() - published.others.keys()), *["rows"] * (not has_rows)}
    return [(name, file) for name, file in MENU if name not in absent]


def figures(sources: Sequence[Source], found: Sequence[Entry]) -> list[tuple[str, str]]:
    """Return how much there is."""
    counts = {
        "comparison": len(found),
        "row": sum(len(one.results) for one in sources),
        "run": len(sources),
        "machine": len({one.made.place for one in sources}),
    }
    return [(f"{count:,}", many(count, what).split()[1]) for what, count in counts.items()]


def comparisons(published: Published, found: Sequence[Entry]) -> Iterator[tuple[str, bytes]]:
    """Yield the page of each comparison."""
    frame = escaped(common(published, "", "../"))  # once for all pages
    template = environment().get_template("comparison.html")
    for one in found:
        page = template.render(**frame, title=one.table.title, one=content(one), gallery=Gallery())
        yield f"comparisons/{one.page}.html", page.encode()


def content(one: Entry) -> dict[str, Any]:
    """Return what stands on the page of a comparison."""
    table = one.table
    older = len(one.blocks) - len(one.newest)
    return {
        "title": table.title,
        "setting": table.setting,
        "table": table,
        "notes": [
            *table.notes,
            *[f"the newest runs of these rows; {many(older, 'older one')} below"] * bool(older),
            *(line for made in table.made for line in made.lines),
        ],
        "others": urlencode({"only.task": one.first.task}),
        "parts": [
            {"title": source.label or "Pictures", "pictures": list(pictures(own))}
            for source, own in pictured(one, one.newest)
        ],
        "history": history(one),
    }


def raw(published: Published) -> Iterator[tuple[str, bytes]]:
    """Yield the data: all rows for programs, and the results files as they are."""
    kinds = {"rows": [one for one in published.sources if one.results]}
    kinds["streams"] = [one for one in published.sources if one.streams]
    for name, sources in kinds.items():
        if sources:
            yield f"data/{name}.csv", csv.render(flat.table(sources, Selection())).encode()
    for one in published.sources:
        name = raw_name(one)
        yield f"data/{name}", published.files[name].read_bytes()


def raw_files(sources: Sequence[Source]) -> list[tuple[str, str]]:
    """Return what each run is called, and the name of its file."""
    return [(f"{one.made.called}, {one.made.when}", raw_name(one)) for one in sources]


def raw_name(source: Source) -> str:
    """Return the name of the file of a run, which stays the same: of its id and when it began."""
    identity = f"{source.made.run} {source.made.started}".encode()
    return f"{hashlib.sha256(identity).hexdigest()[:12]}.jsonl"
