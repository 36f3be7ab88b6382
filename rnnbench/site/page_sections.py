"""Sections of pages: a table with the pictures that belong to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from rnnbench.report.deferred import Deferred
from rnnbench.report.pictures import streaming as streaming_pictures
from rnnbench.report.pictures.kinds import TITLES
from rnnbench.report.publish import blocks, streams
from rnnbench.report.publish.selection import Selection
from rnnbench.report.publish.sources import Source
from rnnbench.report.tables import Table
from rnnbench.site.comparisons import Entry, drawn, entries
from rnnbench.site.pictures import Picture, pictures


class Section(NamedTuple):
    """A part of a page.

    Attributes:
        table: what stands first.
        pictures: that belong to it.
    """

    table: Table
    pictures: Sequence[Picture] = ()


def everything(sources: Sequence[Source], wanted: Selection) -> Deferred[Section]:
    """Return all that runs have: their comparisons, and what stands beside these.

    Args:
        sources: the runs, told apart.
        wanted: which columns, in which order the rows.
    """
    compared = Deferred([partial(of_comparison, one) for one in entries(sources, wanted)])
    return compared.and_then(of_sources(sources, wanted))


def of_comparison(one: Entry) -> Section:
    """Return a comparison with its pictures, of each run: there is no page of its history."""
    found = [
        picture
        for source, comparison in drawn(one, one.blocks)
        for picture in pictures(comparison, source.label)
    ]
    return Section(blocks.table(one.blocks, one.wanted.columns), found)


def of_sources(sources: Sequence[Source], wanted: Selection) -> Iterator[Section]:
    """Yield what runs have beside comparisons; of streams in the columns that are wanted."""
    for sections in OTHERS.values():
        yield from sections(sources, wanted)


def of_scaling(sources: Sequence[Source], _: Selection) -> Iterator[Section]:
    """Yield how costs grow in the runs that vary a size: what was measured, and the fits."""
    for one in sources:
        if one.over and one.results:
            from rnnbench.report.one_run import growth  # which fits, and so takes a while to import
            from rnnbench.report.pictures import scaling

            points, *fits = growth.tables(one.results, one.over)
            curves = [
                Picture(panel, panel.title, one.label, panel.caveats)
                for panel in scaling.curves(one.results, one.over)
            ]
            yield Section(told(points, one), curves)
            for table in fits:
                yield Section(told(replace(table, notes=[*table.notes, *one.made.lines]), one))


def of_streams(sources: Sequence[Source], wanted: Selection) -> Iterator[Section]:
    """Yield the latencies of rows that were given one step at a time."""
    for one in sources:
        panels = {
            (panel.title, panel.setting): panel
            for panel in streaming_pictures.latencies(one.streams)
        }
        for table in streams.tables([replace(one, label="")], wanted):
            panel = panels.get((table.title, table.setting))
            shown = [Picture(panel, TITLES["latency"], one.label)] if panel else []
            yield Section(told(replace(table, notes=[*table.notes, *one.made.lines]), one), shown)


#: What runs have beside comparisons, by the name of its page on a site.
OTHERS: dict[str, Callable[[Sequence[Source], Selection], Iterator[Section]]] = {
    "scaling": of_scaling,
    "streams": of_streams,
}


def told(table: Table, source: Source) -> Table:
    """Return a table of a scaling run as it stands beside those of others."""
    setting = " · ".join(filter(None, (table.setting, source.label)))
    return replace(filled(table), setting=setting)


def filled(table: Table) -> Table:
    """Return a table that can be sorted: each row with its name, where only the first had it."""
    rows, name = [], table.rows[0][0] if table.rows else None
    for first, *others in table.rows:
        name = first or name
        rows.append([name, *others])
    return replace(table, rows=rows)
