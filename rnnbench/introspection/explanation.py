"""Cells explained: what they are made of, and what one run has measured of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from rnnbench.analysis.row_result import RowResult
from rnnbench.contracts.values import guarded
from rnnbench.errors import UsageError, unknown
from rnnbench.introspection.anatomy import Anatomy, anatomy
from rnnbench.measure.estimates import Estimate
from rnnbench.plan.comparisons.build import Tasks, build, configured
from rnnbench.plan.comparisons.description import inputs_of
from rnnbench.plugins.registry import Registry
from rnnbench.results.queries import plan_of, planned_of
from rnnbench.schema.comparison import NETWORK, Comparison
from rnnbench.schema.plan import Planned
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.row import Row
from rnnbench.system import guarding

#: The fields in which the comparisons of a block differ, and those in which blocks differ.
CELL: dict[str, Any] = {"cell": "", "cell_options": {}}
LENGTH: dict[str, Any] = {**CELL, "task_options": {}}


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured of a cell on sequences of one length.

    Attributes:
        length: time steps; None where no cell could be run on them.
        sizes: those of the comparison, in words.
        status: how its row ended; ``reason`` says why where that is no success.
        forward_ms: a forward pass of a batch; None where it was not undisturbed.
        train_step_ms: a training step of a batch.
        score: on held-out data, mean over ``seeds``.
    """

    length: int | None
    sizes: str
    status: str
    reason: str | None
    forward_ms: Estimate | None
    train_step_ms: Estimate | None
    score: Estimate | None
    seeds: int


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """One cell: what it is made of, and what was measured of it, by length."""

    anatomy: Anatomy
    measured: list[Measured]


class Explanation(msgspec.Struct, frozen=True, kw_only=True, tag_field="rnnbench", tag="explain"):
    """Some cells, measured alike.

    Attributes:
        run: the name or the id of the run that the figures are from.
        task: its name.
        row: backend and variant.
        device: where; ``threads`` and ``dtype`` likewise.
        score_name: what the scores are; ``score_higher_is_better`` is their direction.
        naive_score: what a predictor scores that has learnt nothing.
        cells: in the order in which they were asked for.
    """

    run: str
    task: str
    row: str
    device: str
    threads: int
    dtype: str
    score_name: str
    score_higher_is_better: bool
    naive_score: float
    cells: list[Explained]


def row_of(records: Sequence[AnyRecord], asked: str | None) -> Row:
    """Return the row of a run that is meant: by its name or its backend's, or by default.

    That is NumPy's, or the first.

    Raises:
        UsageError: if the run has no such row.
    """
    rows = plan_of(records).rows
    if asked is None:
        return next((row for row in rows if row.backend == "numpy"), rows[0])
    found = [row for row in rows if asked in (str(row), row.place)]
    if not found:
        raise unknown("row", asked, map(str, rows))
    return found[0]


def explain(
    cells: Sequence[str],
    records: Sequence[AnyRecord],
    results: Sequence[RowResult],
    row: Row,
    task: str | None,
    run: str,
    registry: Registry,
) -> Explanation:
    """Return what a run tells of some cells.

    Args:
        cells: their names.
        records: of the run.
        results: its rows.
        row: which of them.
        task: its name; the first that all cells were run on if None.
        run: what the run is called.
        registry: the plugins.

    Raises:
        UsageError: if the run has not all of the cells on one task, alike.
    """
    own = [one for one in results if one.row == row and one.network == NETWORK]
    planned = planned_of(records)
    blocks = shared(cells, own, planned, task)
    first = blocks[0][0]
    explained = []
    for place, name in enumerate(cells):
        found = [block[place] for block in blocks]
        one = planned[found[0].comparison]
        cell = configured("cell", name, registry, one.comparison.cell_options)
        inputs, hidden = inputs_in(one, registry), one.comparison.hidden
        who = f"cell {name!r} of {registry.provenance('cell', name)}"
        explained.append(
            Explained(
                anatomy=guarding.computed(
                    partial(guarded, who, "its anatomy", partial(anatomy, cell, inputs, hidden)),
                    Anatomy,
                ),
                measured=[measured(row, block) for row, block in zip(found, blocks, strict=True)],
            )
        )
    return Explanation(
        run=run,
        task=first.task,
        row=str(row),
        device=first.device,
        threads=first.threads,
        dtype=first.dtype,
        score_name=first.score_name,
        score_higher_is_better=first.score_higher_is_better,
        naive_score=first.naive_score,
        cells=explained,
    )


def inputs_in(planned: Planned, registry: Registry) -> int:
    """Return the features that layers are fed; an older run does not say them, but its task does.

    Raises:
        UsageError: if that task is not here.
    """
    if planned.inputs is not None:
        return planned.inputs
    drawn = msgspec.structs.replace(planned.comparison, weights="")
    model = build(drawn, Tasks(registry)).model
    return inputs_of(model)  # type: ignore[return-value]  # a stack has layers


def shared(
    cells: Sequence[str],
    results: Sequence[RowResult],
    planned: Mapping[str, Planned],
    task: str | None,
) -> list[list[RowResult]]:
    """Return the rows of one task by length, each with one row per cell that differ in it alone.

    It goes by what was planned: a row that could not be run has its place, too.

    Args:
        cells: their names.
        results: rows of one backend in one variant, in the order of its plan.
        planned: the comparisons by key.
        task: its name; the first that all cells were run on if None.

    Raises:
        UsageError: if there is none; it says which cells there are.
    """
    blocks: dict[str, dict[str, RowResult]] = {}
    for one in results:
        if task in (None, one.task):
            comparison = planned[one.comparison].comparison
            blocks.setdefault(key_without(comparison, CELL), {})[one.cell] = one
    whole = [[own[name] for name in cells] for own in blocks.values() if own.keys() >= set(cells)]
    if not whole:
        there = {one.cell: None for own in blocks.values() for one in own.values()}
        raise UsageError(
            f"the run has no task on which it has measured {', '.join(cells)} alike; "
            f"it has {', '.join(there) or 'none of them'}"
        )
    sizes = [key_without(planned[block[0].comparison].comparison, LENGTH) for block in whole]
    alike = [block for block, own in zip(whole, sizes, strict=True) if own == sizes[0]]
    return sorted(alike, key=lambda block: length_of(block) or math.inf)


def key_without(comparison: Comparison, fields: Mapping[str, Any]) -> str:
    """Return the key of what comparisons have in common that differ in these fields alone."""
    return msgspec.structs.replace(comparison, **fields).key


def length_of(block: Sequence[RowResult]) -> int | None:
    """Return the time steps of a block, None if none of its rows was prepared."""
    return next((one.length for one in block if one.length is not None), None)


def measured(one: RowResult, block: Sequence[RowResult]) -> Measured:
    """Return what is shown of a row among those of its block."""
    return Measured(
        length=length_of(block),
        sizes=one.sizes,
        status=one.status,
        reason=one.reason,
        forward_ms=one.forward_ms,
        train_step_ms=one.train_step_ms,
        score=one.score,
        seeds=one.seeds,
    )
