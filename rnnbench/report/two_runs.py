"""The tables of two runs against each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from typing import Any

from rnnbench.analysis.two_runs import RowInTwoRuns
from rnnbench.report.numbers import quantity, where
from rnnbench.report.tables import Cell, Column, Table

HEADER = (
    Column(""),
    Column("old", "ms"),
    Column("new", "ms"),
    Column("new / old", "×"),
    Column("verdict"),
)


def tables(found: Sequence[RowInTwoRuns]) -> list[Table]:
    """Return one table per comparison."""
    made = [table(list(group)) for _, group in groupby(found, key=attrgetter("planned"))]
    if all(one.verdict is None for one in found):
        note = "no verdicts: they need --processes 3 or more in both runs"
        made[-1] = replace(made[-1], notes=[note])
    return made


def table(found: Sequence[RowInTwoRuns]) -> Table:
    """Return the table of one comparison, in the order of the new run."""
    planned = found[0].planned
    comparison = planned.comparison
    place = where(comparison.device, comparison.threads, comparison.dtype)
    return Table(
        title=f"{comparison.task} · {comparison.model}",
        setting=f"{planned.sizes} · {place}",
        header=HEADER,
        rows=list(map(cells, found)),
    )


def cells(one: RowInTwoRuns) -> list[Cell]:
    """Return what stands in one line."""
    old, new = (quantity(effect.estimate.scaled(1e3)) for effect in (one.old, one.new))
    return [str(one.row), old, new, quantity(one.ratio.estimate, digits=3), one.verdict or ""]


def json_object(one: RowInTwoRuns) -> dict[str, Any]:
    """Return one row as a plain object, for JSON."""
    comparison = one.planned.comparison
    return {
        "comparison": comparison.key,
        "task": comparison.task,
        "network": comparison.network,
        "cell": comparison.cell,
        "sizes": one.planned.sizes,
        "backend": one.row.backend,
        "variant": one.row.variant,
        "environment": one.row.environment or None,
        **one.old.estimate.scaled(1e3).named("old_ms"),
        **one.new.estimate.scaled(1e3).named("new_ms"),
        **one.ratio.estimate.named("ratio"),
        "verdict": one.verdict,
    }
