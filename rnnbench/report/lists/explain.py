"""Cells explained: their equations, and the table that tutorials print, with figures in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rnnbench.introspection.explanation import Explained, Explanation, Measured
from rnnbench.report.numbers import quantity, where
from rnnbench.report.tables import Cell, Column, Quantity, Table
from rnnbench.text import plain_lines

NOTES = (
    "parameters: those of one layer of I inputs and H units. operations: of the matrix products of "
    "one time step of one example, a multiply-add being two.",
    "forward, train: a forward pass and a training step of a whole batch of sequences.",
)


def equations(cells: Sequence[Explained]) -> Iterator[str]:
    """Yield what a cell computes, a paragraph per cell."""
    for one in cells:
        yield plain_lines(f"{one.anatomy.cell}\n\n{one.anatomy.about}\n")


def table(found: Explanation) -> Table:
    """Return the table: a line per cell, times and scores by length."""
    first = found.cells[0]
    columns = [
        Column("cell", "cell"),
        Column("gates", "gates"),
        Column("state", "state"),
        Column("formula", "parameters"),
        Column("parameters", "their number", kind="count"),
        Column("operations_formula", "operations per step"),
        Column("operations", "their number", kind="count"),
        *(column for one in first.measured for column in columns_of(found, one)),
    ]
    sizes = f"batches of {first.measured[0].sizes.partition('batch ')[2]}"
    setting = f"{found.row}, {sizes}, {where(found.device, found.threads, found.dtype)}"
    return Table(
        f"{', '.join(one.anatomy.cell for one in found.cells)} on {found.task}",
        setting,
        columns,
        [line(one) for one in found.cells],
        [*NOTES, *failures(found)],
    )


def columns_of(found: Explanation, one: Measured) -> list[Column]:
    """Return the columns of one length."""
    group, name = f"{one.length} steps", f"{one.length}"
    return [
        Column(f"forward_{name}", "forward", "ms", "estimate", group=group),
        Column(f"train_{name}", "train", "ms", "estimate", group=group),
        Column(
            f"score_{name}",
            found.score_name,
            kind="estimate",
            better="higher" if found.score_higher_is_better else "lower",
            naive=Quantity(found.naive_score, digits=3),
            group=group,
        ),
    ]


def line(one: Explained) -> list[Cell]:
    """Return the line of a cell."""
    own = one.anatomy
    figures = [cell for found in one.measured for cell in figures_of(found)]
    operations = None if own.operations is None else f"{own.operations:,}"
    parameters: list[Cell] = [own.formula, f"{own.parameters:,}"]
    names = [own.cell, " ".join(own.gates), " ".join(own.state)]
    return [*names, *parameters, own.operations_formula, operations, *figures]


def figures_of(found: Measured) -> list[Cell]:
    """Return times and score, or in their place how the row ended."""
    if found.train_step_ms is None and found.score is None:
        return [found.status if found.reason else "disturbed", None, None]
    times = [found.forward_ms, found.train_step_ms]
    shown: list[Cell] = ["disturbed" if one is None else quantity(one) for one in times]
    return [*shown, quantity(found.score, digits=3)]


def failures(found: Explanation) -> Iterator[str]:
    """Yield why rows failed."""
    for one in found.cells:
        for own in one.measured:
            if own.reason:
                yield f"{one.anatomy.cell}, {own.length} steps: {own.status}: {own.reason}"
