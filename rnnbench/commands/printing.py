"""Printing what a run has measured."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from rnnbench.errors import unknown

if TYPE_CHECKING:
    from rnnbench.plan import Row
    from rnnbench.results import AnyRecord


def print_run(
    file: Path,
    shape: Literal["terminal", "markdown", "json"],
    baseline: str | None = None,
    delta: float | None = None,
) -> None:
    """Print the table of a results file."""
    from rnnbench import results
    from rnnbench.frame import frame, objects
    from rnnbench.report import blocks, markdown, terminal
    from rnnbench.verdict import DELTA

    records = results.read(file)
    table = frame(records, named(baseline, records) if baseline else None, delta or DELTA)
    if shape == "json":
        import json

        typer.echo(json.dumps(objects(table), indent=1))
        return
    heading, shown = blocks.heading(records), blocks.blocks(table, baseline or "fastest")
    if shape == "markdown":
        typer.echo(markdown.render(heading, shown))
    else:
        terminal.show(heading, shown, terminal.console())


def named(name: str, records: list[AnyRecord]) -> Row:
    """Return the row ``backend:variant`` of a run, or the only one of a backend.

    Raises:
        UsageError: if the run has no such row.
    """
    from rnnbench.results import Run

    rows = next(record.plan.rows for record in records if isinstance(record, Run))
    found = [row for row in rows if name in (str(row), row.backend)]
    if len(found) != 1:
        raise unknown("row", name, map(str, rows))
    return found[0]
