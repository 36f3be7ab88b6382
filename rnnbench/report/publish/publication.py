"""What is asked to be published, and the bytes of it in each format."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

from rnnbench.errors import UsageError
from rnnbench.report.deferred import drawn_each
from rnnbench.report.output_files import BEGINNING, LAST, PAGE_MARK
from rnnbench.report.publish import blocks, flat, pivot, streams
from rnnbench.report.publish.facets import Pivot
from rnnbench.report.publish.selection import Selection, with_columns
from rnnbench.report.publish.sources import Source
from rnnbench.report.tables import Table

Format = Literal["markdown", "csv", "json", "latex", "parquet", "html", "site"]
FORMATS: tuple[Format, ...] = get_args(Format)
#: Formats for programs: all rows are in one table.
FOR_PROGRAMS: frozenset[Format] = frozenset({"csv", "json", "parquet"})
#: The first line of what is written in Markdown, by which it is known again, and the last one.
MARK, END = "<!-- tables of rnnbench -->", f"<!-- {LAST} -->"
#: The first bytes of a Parquet file, and of a page.
PARQUET, PAGE = b"PAR1", b"<!doctype html>"
#: Bytes of a first line below which the second is one with it.
LEAST = 10


@dataclass(frozen=True)
class Asked:
    """What is asked for, beside the rows and their columns.

    Attributes:
        as_format: the format.
        pivot: what stands in the rows of a single wide table, None for the usual tables.
        metrics: the keys of the columns that are shown in it, None for the training step alone.
        title: above everything.
        caption: of the only table, in place of what it shows.
        label: of the table in LaTeX.
        standalone, siunitx, interval: see :class:`rnnbench.report.formats.latex.style.Style`.
    """

    as_format: Format = "markdown"
    pivot: Pivot | None = None
    metrics: Sequence[str] | None = None
    title: str | None = None
    caption: str | None = None
    label: str | None = None
    standalone: bool = False
    siunitx: bool = False
    interval: Literal["pm", "range"] | None = None

    @property
    def has_pictures(self) -> bool:
        """Whether the format has learning curves, for which trainings are read."""
        return self.as_format in ("html", "site")

    def check(self, wanted: Selection) -> None:
        """Refuse what makes no sense together.

        Raises:
            UsageError: saying what, and what to do instead.
        """
        if self.as_format != "latex":
            for option in ("label", "standalone", "siunitx", "interval"):
                if getattr(self, option):
                    raise UsageError(f"--{option} is for --format latex, not {self.as_format}")
        elif self.title is not None and not self.standalone:
            raise UsageError("--title heads a whole document: add --standalone, or use --caption")
        if self.as_format == "csv":
            for option in ("title", "caption"):
                if getattr(self, option) is not None:
                    raise UsageError(f"--{option} has no place in CSV, which has columns alone")
        if self.as_format in FOR_PROGRAMS and self.title is not None and self.caption is not None:
            raise UsageError("--title and --caption are one where there is one table: give one")
        if self.label is not None and not re.fullmatch(r"[\w:.-]+", self.label, re.ASCII):
            raise UsageError(f"--label {self.label!r}: letters, digits and : . _ - alone, as tab:a")
        if self.as_format == "site":
            for option in ("pivot", "metrics", "caption"):
                if getattr(self, option):
                    name = option.removesuffix("s")
                    raise UsageError(f"--{name} makes one table: take --format html for a page")
        if wanted.columns and self.metrics:
            raise UsageError("--metric and --columns both say what is shown: give one of them")
        if wanted.columns and self.pivot:
            raise UsageError("--pivot has columns of its own: --metric says what stands in them")


def drawn(sources: Sequence[Source], wanted: Selection, asked: Asked) -> bytes:
    """Return what is asked for as the bytes of a file.

    Args:
        sources: the runs, told apart, with at least one row.
        wanted: which columns, in which order the rows.
        asked: the rest.

    Raises:
        UsageError: if there is a caption and more than one table, or a library is missing.
    """
    found = tables(sources, wanted, asked)
    if asked.as_format == "parquet":
        from rnnbench.report.formats import parquet

        return parquet.render(found[0])
    return text(found, asked).encode()


def tables(sources: Sequence[Source], wanted: Selection, asked: Asked) -> Sequence[Table]:
    """Return the tables that are drawn.

    Raises:
        UsageError: if nothing has a place in them: a stream has none beside training steps.
    """
    found: Sequence[Table]
    for_programs = asked.as_format in FOR_PROGRAMS
    columns = replace(wanted, columns=asked.metrics or wanted.columns)
    sources = with_columns(sources, columns)
    if asked.pivot:
        if not any(one.results for one in sources):
            raise UsageError(
                "--pivot is of training steps, and these runs have none: without it, tables of "
                "streams stand below each other"
            )
        metrics = asked.metrics or ["train_step_ms"]
        found = [pivot.table(sources, asked.pivot, metrics, wanted, with_status=for_programs)]
    elif for_programs:
        found = [flat.table(sources, columns)]
    else:
        beside = [*scaling(sources), *streams.tables(sources, columns)]
        found = blocks.tables(sources, columns).and_then(beside)
    if asked.title is not None and for_programs:
        found = [replace(found[0], title=asked.title)]
    return found if asked.caption is None else [captioned(found, asked.caption)]


def scaling(sources: Sequence[Source]) -> Iterator[Table]:
    """Yield how costs grow in the runs that vary a size."""
    for one in sources:
        if one.over:
            from rnnbench.report.one_run import growth  # which fits, and so takes a while to import

            for table in growth.tables(one.results, one.over):
                setting = " · ".join(filter(None, (table.setting, one.label)))
                yield replace(table, setting=setting, made=[one.made])


def left_out(sources: Sequence[Source], wanted: Selection, asked: Asked) -> list[str]:
    """Return which runs have no place beside the others in what is asked for: a line, or none."""
    kept: Sequence[Source] = with_columns(
        sources, replace(wanted, columns=asked.metrics or wanted.columns)
    )
    if asked.pivot or asked.as_format in FOR_PROGRAMS:
        kept = flat.of_one_kind(kept)
    return list(flat.apart(sources, kept))


def captioned(found: Sequence[Table], caption: str) -> Table:
    """Return the only table with a caption; what it shows, and holds for all, stands below then."""
    if len(found) > 1:
        raise UsageError(
            f"--caption is of one table, here are {len(found)}: --pivot makes one of them, "
            "--filter leaves some out"
        )
    (only,) = found
    own = filter(None, (only.title, only.setting))
    return replace(only, title=caption, setting="", notes=[" · ".join(own), *only.notes])


def text(found: Sequence[Table], asked: Asked) -> str:
    """Return tables in a format that is text."""
    from rnnbench.report.formats import csv, json, markdown
    from rnnbench.report.formats.latex import document
    from rnnbench.report.formats.latex.style import Style

    if asked.as_format == "csv":
        return csv.render(found[0])
    if asked.as_format == "json":
        return json.render(found[0])
    if asked.as_format == "latex":
        interval = asked.interval or "pm"
        style = Style(asked.standalone, asked.siunitx, interval, asked.label)
        return document.render(found, style, asked.title)
    title = [f"# {markdown.escaped(asked.title)}\n"] if asked.title is not None else []
    return "\n".join([MARK, "", *title, *drawn_each(markdown.render_table, found), END, ""])


def is_earlier(path: Path, begins: bytes, data: bytes) -> bool:
    """Return whether a file is an earlier one of what is going to be written over it.

    Its first line says so: of CSV that is the header, of JSON two lines; of Parquet its metadata,
    of a page a mark.

    Args:
        path: of the file.
        begins: how it begins.
        data: what is going to be written.

    Raises:
        UsageError: if somebody has written something below it.
    """
    if data.startswith(PARQUET) and begins.startswith(PARQUET):
        from rnnbench.report.formats import parquet

        return parquet.is_ours(path)
    if data.startswith(PAGE):
        return PAGE_MARK in begins
    if not begins.startswith(data[: data.find(b"\n", LEAST) + 1]):
        return False
    last = data.rstrip().rpartition(b"\n")[2]
    if LAST.encode() in last and not ending(path).rstrip().endswith(last):
        raise UsageError(
            f"--output {path}: text below its tables would be lost; move it, or name another file"
        )
    return True


def ending(path: Path) -> bytes:
    """Return how a file ends."""
    with path.open("rb") as file:
        file.seek(-min(path.stat().st_size, BEGINNING), os.SEEK_END)
        return file.read()
