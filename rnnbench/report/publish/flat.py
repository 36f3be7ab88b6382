"""All rows in one table for programs: a line per row, a column for each thing that is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rnnbench.report.publish.selection import OF_THE_RUN, Selection, facts_of
from rnnbench.report.publish.sources import Source, obstacles
from rnnbench.report.tables import Cell, Column, Table

#: The columns that stand before those of a row.
FIRST = ("machine", "run")


def table(sources: Sequence[Source], wanted: Selection) -> Table:
    """Return the rows of all runs, in the order they were measured unless another one is wanted.

    Rows that were given one step at a time have columns of their own, and so stand in it only
    where there are no others.
    """
    kept = of_one_kind(sources)
    facts = facts_of(kept[0])
    keys = wanted.columns or (*FIRST, *facts)
    lines = wanted.in_order((each, one) for each in kept for one in each.rows)
    rows = [one for _, one in lines]
    cells: list[Sequence[Cell]] = [
        [OF_THE_RUN[key](*line) for line in lines]
        if key in OF_THE_RUN
        else list(map(facts[key].cell, rows))
        for key in keys
    ]
    return Table(
        title=", ".join(one.made.called for one in kept),
        setting="",
        columns=[Column(key, key) if key in OF_THE_RUN else facts[key].column for key in keys],
        rows=list(zip(*cells, strict=True)),
        notes=[*obstacles(kept), *apart(sources, kept)],
        made=[one.made for one in kept],
    )


def of_one_kind(sources: Sequence[Source]) -> Sequence[Source]:
    """Return the runs that stand in one table: without those of streams beside others."""
    return [one for one in sources if one.results] or sources


def apart(sources: Sequence[Source], kept: Sequence[Source]) -> Iterator[str]:
    """Yield which runs are not among those that are kept: a line for all of them."""
    there = set(map(id, kept))
    others = [one.made.called for one in sources if id(one) not in there]
    if others:
        yield f"left out: {', '.join(others)}, which measured something else: publish it by itself"
