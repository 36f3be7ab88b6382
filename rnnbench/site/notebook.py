"""A run and its tables in a notebook: they show themselves.

from rnnbench.site import notebook

run = notebook.load("before-upgrade")
run            # its page: tables that sort, and pictures
run.tables[0]  # a table
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import chain
from pathlib import Path

from rnnbench.report.publish import blocks
from rnnbench.report.publish.selection import Selection
from rnnbench.report.publish.sources import Source, source
from rnnbench.report.tables import Table
from rnnbench.results import reader
from rnnbench.results.runs import folders
from rnnbench.site import page_sections, single_page
from rnnbench.site.comparisons import entries
from rnnbench.site.tables.grids import grid, text


@dataclass(frozen=True, repr=False)
class Run:
    """A run that shows itself as the page that ``rnnbench publish --format html`` writes.

    Attributes:
        source: its rows, and how it was made.
    """

    source: Source

    @cached_property
    def tables(self) -> list[ShownTable]:
        """A table per comparison, in the order they were measured."""
        return [ShownTable(table) for table in blocks.tables([self.source], Selection())]

    def __repr__(self) -> str:
        """Return the name of the run, with what, where and when it was measured."""
        return self.source.made.heading

    def _repr_html_(self) -> str:
        """Return its page in a frame, in which nothing can reach the notebook."""
        own = [self.source]
        found = chain(
            page_sections.of_comparisons(entries(own, Selection())),
            page_sections.of_sources(own, Selection()),
        )
        page = single_page.render(found, [self.source.made], f"run {self.source.made.called}")
        return (
            f'<iframe sandbox="allow-scripts" srcdoc="{escape(page.decode())}" '
            f'title="{text(repr(self))}" style="width: 100%; height: 40rem; border: 0"></iframe>'
        )


@dataclass(frozen=True)
class ShownTable:
    """A table that shows itself.

    Attributes:
        table: what is shown.
    """

    table: Table

    def _repr_html_(self) -> str:
        """Return the table with its title and its notes; a notebook has a style of its own."""
        one = self.table
        notes = "".join(f"<li>{text(note)}</li>" for note in one.notes)
        return (
            f"<p><b>{text(one.title)}</b> · {text(one.setting)}</p>\n"
            f"{grid(one, one.title)}<ul>{notes}</ul>"
        )


def load(run: str | None = None, out: Path | str = "results") -> Run:
    """Read a run.

    Args:
        run: its name, its id, its folder or its results file, as ``rnnbench show`` takes it; the
            newest by default.
        out: the folder of all runs.

    Raises:
        UsageError: if there is no such run, more than one, or it can't be read.
    """
    return Run(source(reader.load(folders.find(run, Path(out))).records))
