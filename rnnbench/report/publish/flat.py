"""All rows in one table for programs: a line per row, a column for each thing that is known."""

from __future__ import annotations

from collections.abc import Sequence

from rnnbench.report.one_run.columns import facts
from rnnbench.report.publish.selection import OF_THE_RUN, Selection
from rnnbench.report.publish.sources import Source, obstacles
from rnnbench.report.tables import Column, Table

#: The columns that stand before those of a row.
FIRST = ("machine", "run")


def table(sources: Sequence[Source], wanted: Selection) -> Table:
    """Return the rows of all runs, in the order they were measured unless another one is wanted."""
    keys = wanted.columns or (*FIRST, *facts())
    known = {key: one.column for key, one in facts().items()}
    known |= {key: Column(key, key) for key in OF_THE_RUN}
    cells = {key: one.cell for key, one in facts().items()}
    rows = [
        [OF_THE_RUN[key](where, one) if key in OF_THE_RUN else cells[key](one) for key in keys]
        for where, one in wanted.in_order((each, one) for each in sources for one in each.results)
    ]
    return Table(
        title=", ".join(one.made.called for one in sources),
        setting="",
        columns=[known[key] for key in keys],
        rows=rows,
        notes=list(obstacles(sources)),
        made=[one.made for one in sources],
    )
