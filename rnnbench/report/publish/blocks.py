"""The tables for people: one per comparison, in which the rows of several runs stand together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from rnnbench.analysis.row_result import RowResult
from rnnbench.report.deferred import Deferred
from rnnbench.report.one_run import columns
from rnnbench.report.one_run import tables as run_tables
from rnnbench.report.publish.selection import OF_THE_RUN, Selection
from rnnbench.report.publish.sources import Data, Source, data, obstacles, told
from rnnbench.report.tables import Column, Table

#: The rows of one comparison in one run.
Block = tuple[Source, list[RowResult]]


def tables(sources: Sequence[Source], wanted: Selection) -> Deferred[Table]:
    """Return a table per comparison; comparisons whose data differ have one each.

    Args:
        sources: the runs, told apart.
        wanted: which columns, in which order the rows.
    """
    apart = list(obstacles(sources))
    return Deferred(
        [partial(table, own, wanted.columns, apart) for own in grouped(sources, wanted)]
    )


def grouped(sources: Sequence[Source], wanted: Selection) -> list[list[Block]]:
    """Return the blocks of each comparison; those whose data differ are apart."""
    blocks: dict[tuple[str, Data], list[Block]] = {}
    for where in sources:
        own: dict[tuple[str, Data], list[RowResult]] = {}
        for one in where.results:
            own.setdefault((one.comparison, data(one)), []).append(one)
        for key, results in own.items():
            blocks.setdefault(key, []).append((where, wanted.in_block(where, results)))
    return [wanted.blocks_in_order(own) for own in blocks.values()]


def table(
    blocks: Sequence[Block], wanted: Sequence[str] | None = None, apart: Sequence[str] = ()
) -> Table:
    """Return the table of one comparison, the rows of each run together.

    What is best is marked within each run: nothing else was measured side by side.

    Args:
        blocks: its rows in each run.
        wanted: the columns, None for the usual ones.
        apart: what is told below of runs that may not be compared.
    """
    where, (first, *_) = blocks[0]
    everything = [one for _, results in blocks for one in results]
    keys = None if wanted is None else [key for key in wanted if key not in OF_THE_RUN]
    shown = columns.shown(everything, where.base, keys)
    extra = [Column(key, key) for key in OF_THE_RUN if key in (wanted or ()) and key != "row"]
    extra = [label_of(blocks)] * (len(blocks) > 1 and not extra) + extra
    return Table(
        title=run_tables.title(first),
        setting=" · ".join(filter(None, (run_tables.setting(first), *of_runs(blocks)))),
        columns=[shown[0].column, *extra, *(column for column, _ in shown[1:])],
        rows=[
            [name, *(said_of(source, one, column) for column in extra), *cells]
            for source, results in blocks
            for one, (name, *cells) in zip(results, run_tables.rows(results, shown), strict=True)
        ],
        notes=[
            *(note for block in blocks for note in notes(block, len(blocks) > 1)),
            *side_by_side(blocks),
            *apart,
        ],
        made=[source.made for source, _ in blocks],
    )


def label_of(blocks: Sequence[Block]) -> Column:
    """Return the column that tells the runs in one table apart."""
    machines = {where.made.place for where, _ in blocks}
    return Column("label", "machine" if len(machines) > 1 else "run")


def side_by_side(blocks: Sequence[Block]) -> Iterator[str]:
    """Yield that what stands in one table was not all measured in one run."""
    if len(blocks) > 1:
        what = label_of(blocks).title
        yield f"{what}s were not measured side by side: ratios, and what is best, are of each"


def said_of(source: Source, one: RowResult, column: Column) -> str:
    """Return what stands in a column that tells of the run of a row."""
    return source.label if column.key == "label" else str(OF_THE_RUN[column.key](source, one))


def of_runs(blocks: Sequence[Block]) -> Iterator[str]:
    """Yield what must be told of a comparison beside others of its name: its machine, its data."""
    where, results = blocks[0]
    if where.label and len(blocks) == 1:
        yield where.label
    if where.label and results[0].data_hash:
        yield f"data {told(results[0])}"


def notes(block: Block, among_others: bool) -> list[str]:
    """Return the notes on the rows of a run; with its label if others stand in the same table."""
    where, results = block
    found = run_tables.notes(results, where.base)
    return [f"{where.label}: {note}" for note in found] if among_others else found
