"""The table of rows that were given one step at a time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress, groupby

from rnnbench.analysis.streaming import StreamResult
from rnnbench.report.numbers import quantity, where
from rnnbench.report.tables import Cell, Column, Quantity, Table
from rnnbench.schema.status import MEASURED
from rnnbench.text import many

COLUMNS = (
    Column("row", ""),
    Column("latency_us", "latency", "µs, median", "estimate"),
    Column("p99_us", "99th percentile", "µs", "estimate"),
    Column("steps_per_s", "steps", "per s", "estimate"),
    Column("ratio", "of fastest", "×", "estimate"),
    Column("verdict", "verdict"),
    Column("first_step_s", "first step", "s", "figure"),
    Column("kernel", "kernel"),
)


def tables(results: Sequence[StreamResult]) -> list[Table]:
    """Return a table per comparison."""
    return [
        table(list(rows)) for _, rows in groupby(results, lambda one: one.planned.comparison.key)
    ]


def table(results: Sequence[StreamResult]) -> Table:
    """Return the rows of one comparison."""
    planned = results[0].planned
    own = planned.comparison
    judged = any(one.verdict for one in results)
    shown = [judged or column.key != "verdict" for column in COLUMNS]
    return Table(
        title=f"{own.task} · {own.model} · one step at a time",
        setting=f"{planned.sizes} · {where(own.device, own.threads, own.dtype)}",
        columns=list(compress(COLUMNS, shown)),
        rows=[list(compress(cells(one), shown)) for one in results],
        notes=notes(results),
    )


def cells(one: StreamResult) -> list[Cell]:
    """Return what stands in a row; one without figures says why in the first of them."""
    measured = one.status in MEASURED
    without = "disturbed" if one.rounds else None
    latency: Cell = quantity(one.latency_us) if one.latency_us else without
    return [
        str(one.row),
        latency if measured else one.status,
        quantity(one.p99_us),
        quantity(one.steps_per_s),
        quantity(one.ratio),
        one.verdict or "",
        Quantity(one.first_step_s),
        one.kernel,
    ]


def notes(results: Sequence[StreamResult]) -> list[str]:
    """Return what stands below a table."""
    rounds, clean = (sum(getattr(one, name) for one in results) for name in ("rounds", "clean"))
    found = ["from an input in NumPy to its output there, the state carried by the framework"]
    known = [one.error for one in results if one.error is not None]
    if known:
        found.append(
            "one step at a time is the whole: the outputs of audited blocks differ from the "
            f"oracle's of whole sequences by {max(known):.1e} at most"
        )
    found.append(f"{rounds - clean} of {many(rounds, 'block')} disturbed by others")
    return [*failures(results), *found]


def failures(results: Sequence[StreamResult]) -> list[str]:
    """Return a line for each row that has no figures."""
    return [f"{one.row}: {one.reason}" for one in results if one.reason]
