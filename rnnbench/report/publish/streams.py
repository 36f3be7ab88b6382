"""The tables for people of rows that were given one step at a time, one per comparison and run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rnnbench.analysis.streaming import StreamResult
from rnnbench.report.one_run import streaming
from rnnbench.report.publish.selection import OF_THE_RUN, Selection
from rnnbench.report.publish.sources import Source
from rnnbench.report.tables import Column, Table


def tables(sources: Sequence[Source], wanted: Selection) -> Iterator[Table]:
    """Yield the latencies of the runs that have some.

    Args:
        sources: the runs, told apart.
        wanted: which columns, in which order the rows.
    """
    for one in sources:
        comparisons: dict[str, list[StreamResult]] = {}
        for row in one.streams:
            comparisons.setdefault(row.planned.comparison.key, []).append(row)
        for rows in comparisons.values():
            found = table(one, wanted.in_block(one, rows), wanted.columns)
            setting = " · ".join(filter(None, (found.setting, one.label)))
            yield replace(found, setting=setting, made=[one.made])


def table(where: Source, rows: Sequence[StreamResult], wanted: Sequence[str] | None) -> Table:
    """Return the table of one comparison in one run, with what is asked of the run beside names."""
    if wanted is None:
        return streaming.table(rows, where.base)
    found = streaming.table(rows, where.base, [key for key in wanted if key not in OF_THE_RUN])
    of_run = [key for key in OF_THE_RUN if key in wanted and key != "row"]
    name, *others = found.columns
    return replace(
        found,
        columns=[name, *(Column(key, key) for key in of_run), *others],
        rows=[
            [cells[0], *(str(OF_THE_RUN[key](where, row)) for key in of_run), *cells[1:]]
            for row, cells in zip(rows, found.rows, strict=True)
        ],
    )
