"""The table of two runs against each other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from rnnbench.analysis.table import name
from rnnbench.analysis.two_runs import Contrast
from rnnbench.report.numbers import digits, measured, where
from rnnbench.report.tables import Block, Column

HEADER = (
    Column("", ""),
    Column("old", "ms"),
    Column("new", "ms"),
    Column("new / old", "×"),
    Column("verdict", ""),
)


def blocks(found: Sequence[Contrast]) -> list[Block]:
    """Return one block per comparison."""
    groups = groupby(found, key=lambda contrast: contrast.planned)
    made = [block(list(group)) for _, group in groups]
    if all(contrast.verdict is None for contrast in found):
        note = "no verdicts: they need --processes 3 or more in both runs"
        made[-1] = Block(**{**vars(made[-1]), "notes": [note]})
    return made


def block(found: Sequence[Contrast]) -> Block:
    """Return the block of one comparison, in the order of the new run."""
    planned = found[0].planned
    comparison = planned.comparison
    return Block(
        title=f"{comparison.task} · {comparison.cell}",
        setting=f"{planned.sizes} · "
        f"{where(comparison.device, comparison.threads, comparison.dtype)}",
        header=HEADER,
        rows=[cells(one) for one in map(entry, found)],
    )


def cells(row: dict[str, Any]) -> list[str]:
    """Return the text of one row."""
    return [
        name(row),
        measured(row, "old_ms"),
        measured(row, "new_ms"),
        measured(row, "ratio") if row["ratio_low"] is not None else f"~{digits(row['ratio'], 3)}",
        row["verdict"] or "",
    ]


def entry(contrast: Contrast) -> dict[str, Any]:
    """Return one row as a plain object, for JSON."""
    comparison = contrast.planned.comparison
    found: dict[str, Any] = {
        "comparison": comparison.key,
        "task": comparison.task,
        "cell": comparison.cell,
        "sizes": contrast.planned.sizes,
        "backend": contrast.row.backend,
        "variant": contrast.row.variant,
        "environment": contrast.row.environment or None,
    }
    for figure, effect, unit in (
        ("old_ms", contrast.old, 1e3),
        ("new_ms", contrast.new, 1e3),
        ("ratio", contrast.ratio, 1.0),
    ):
        estimate = effect.estimate
        ends = {"": estimate.value, "_low": estimate.low, "_high": estimate.high}
        found |= {f"{figure}{end}": v and v * unit for end, v in ends.items()}
    return found | {"verdict": contrast.verdict}
