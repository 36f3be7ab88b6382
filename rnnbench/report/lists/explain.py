"""Cells explained: their equations, and the table that tutorials print, with figures in it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from itertools import chain, groupby

from rnnbench.introspection.explanation import Explained, Explanation, Measured
from rnnbench.report.numbers import quantity, where
from rnnbench.report.tables import Cell, Column, Quantity, Table
from rnnbench.text import plain, plain_lines

#: What stands between equations in one line.
GAP = " {3,}"
NOTES = (
    "parameters: those of one layer of I inputs and H units. operations: of the matrix products of "
    "one time step of one example, a multiply-add being two.",
    "forward, train: a forward pass and a training step of a whole batch of sequences.",
)


def equations(cells: Sequence[Explained], room: int | None = None) -> Iterator[str]:
    """Yield what a cell computes, a paragraph per cell.

    Args:
        cells: one below the other.
        room: columns of the terminal, None if there is no end to them.
    """
    for one in cells:
        about = plain_lines(one.anatomy.about).split("\n")
        lines = about if room is None else fitted(about, room)
        yield "\n".join([plain(one.anatomy.cell), "", *lines, ""])


def fitted(lines: Sequence[str], room: int) -> Iterator[str]:
    """Yield the lines of a docstring, none wider than a terminal.

    A paragraph with a wider one is set anew. Equations that find no room side by side stand one
    below the other, and what is left of one that is wider yet is indented further.
    """
    for is_prose, block in groupby(lines, lambda line: line[:1].strip() != ""):
        paragraph = list(block)
        if max(map(len, paragraph)) <= room:
            yield from paragraph
        elif is_prose:
            yield from textwrap.wrap(" ".join(paragraph), room, break_on_hyphens=False)
        else:
            yield from chain.from_iterable(fitted_equations(line, room) for line in paragraph)


def fitted_equations(line: str, room: int) -> Iterator[str]:
    """Yield a line of equations, in several lines where it is wider than the terminal."""
    if len(line) <= room:
        yield line
        return
    indent = " " * (len(line) - len(line.lstrip()))
    for equation in re.split(GAP, line.strip()):
        yield from textwrap.wrap(
            equation,
            room,
            initial_indent=indent,
            subsequent_indent=2 * indent,
            break_on_hyphens=False,
        )


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
        *(column for block in enumerate(first.measured) for column in columns_of(found, *block)),
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


def columns_of(found: Explanation, name: int, one: Measured) -> list[Column]:
    """Return the columns of one length."""
    group = length_of(one)
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
    """Yield why rows failed: once, where it is the same at each length."""
    for one in found.cells:
        reasons: dict[str, list[str]] = {}
        for own in one.measured:
            if own.reason:
                reasons.setdefault(f"{own.status}: {own.reason}", []).append(length_of(own))
        for reason, lengths in reasons.items():
            at = "" if len(lengths) == len(one.measured) else f", {' and '.join(lengths)}"
            yield f"{one.anatomy.cell}{at}: {reason}"


def length_of(found: Measured) -> str:
    """Return a length in words, or the task's own where no cell was given sequences of it."""
    return f"{found.length} steps" if found.length else found.sizes.partition(", batch")[0]
