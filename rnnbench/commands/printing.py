"""Printing what a run has measured."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from rnnbench.errors import unknown

if TYPE_CHECKING:
    from rnnbench.plan import Over, Row
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
    from rnnbench.report import blocks, markdown, scaling, terminal
    from rnnbench.verdict import DELTA

    records = results.read(file)
    table = frame(records, named(baseline, records) if baseline else None, delta or DELTA)
    if shape == "json":
        import json

        typer.echo(json.dumps(objects(table), indent=1))
        return
    heading, shown = blocks.heading(records), blocks.blocks(table, baseline or "fastest")
    if over := varied(records):
        shown += scaling.blocks(table, over)
    if shape == "markdown":
        typer.echo(markdown.render(heading, shown))
    else:
        terminal.show(heading, shown, terminal.console())


def print_scaling(file: Path, over: Over, as_json: bool) -> None:
    """Print how the costs grow in the results file of a scaling run."""
    from rnnbench import results
    from rnnbench.frame import frame
    from rnnbench.report import blocks, scaling, terminal
    from rnnbench.scaling import scalings

    records = results.read(file)
    table = frame(records)
    if as_json:
        import json

        found = [scaling.entry(one, over) for one in scalings(table, over)]
        typer.echo(json.dumps(found, indent=1))
        return
    terminal.show(blocks.heading(records), scaling.blocks(table, over), terminal.console())


def varied(records: list[AnyRecord]) -> Over | None:
    """Return what differs between the comparisons of a scaling run, None of any other run."""
    from rnnbench.results import Run

    return next(record.plan.scale for record in records if isinstance(record, Run))


def named(name: str, records: list[AnyRecord]) -> Row:
    """Return the row ``backend:variant`` of a run, or the only one of a backend.

    Raises:
        UsageError: if the run has no such row.
    """
    from rnnbench.results import Run

    rows = next(record.plan.rows for record in records if isinstance(record, Run))
    found = [row for row in rows if name in (str(row), row.place)]
    if len(found) != 1:
        raise unknown("row", name, map(str, rows))
    return found[0]
