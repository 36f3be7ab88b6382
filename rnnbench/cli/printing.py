"""Printing what a run has measured."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from rnnbench.errors import unknown
from rnnbench.text import plain

if TYPE_CHECKING:
    from rnnbench.schema.plan import Over
    from rnnbench.schema.records import AnyRecord
    from rnnbench.schema.row import Row


def records_of(file: Path) -> list[AnyRecord]:
    """Read a results file, telling what of it was set aside."""
    from rnnbench.results import reader

    found = reader.load(file)
    for fault in found.faults:
        typer.echo(plain(f"{file}, line {fault.line} is set aside: {fault.what}"), err=True)
    if found.unknown:
        newer = f"{found.unknown} records of a newer rnnbench are left out"
        typer.echo(plain(f"{file}: {newer}"), err=True)
    return found.records


def print_run(
    records: list[AnyRecord],
    shape: Literal["terminal", "markdown", "json"],
    baseline: str | None = None,
    delta: float | None = None,
) -> None:
    """Print the table of a run."""
    from rnnbench.analysis.table import frame, objects
    from rnnbench.measure.verdicts import DELTA
    from rnnbench.report import growth, run_tables
    from rnnbench.report.formats import markdown, terminal
    from rnnbench.results.queries import plan_of

    table = frame(records, named(baseline, records) if baseline else None, delta or DELTA)
    if shape == "json":
        import json

        typer.echo(json.dumps(objects(table), indent=1))
        return
    heading, shown = run_tables.heading(records), run_tables.blocks(table, baseline or "fastest")
    if over := plan_of(records).scale:
        shown += growth.blocks(table, over)
    if shape == "markdown":
        typer.echo(markdown.render(heading, shown))
    else:
        terminal.show(heading, shown, terminal.console())


def print_scaling(records: list[AnyRecord], over: Over, as_json: bool) -> None:
    """Print how the costs grow in a scaling run."""
    from rnnbench.analysis.growth import scalings
    from rnnbench.analysis.table import frame
    from rnnbench.report import growth, run_tables
    from rnnbench.report.formats import terminal

    table = frame(records)
    if as_json:
        import json

        found = [growth.entry(one, over) for one in scalings(table, over)]
        typer.echo(json.dumps(found, indent=1))
        return
    terminal.show(run_tables.heading(records), growth.blocks(table, over), terminal.console())


def named(name: str, records: list[AnyRecord]) -> Row:
    """Return the row ``backend:variant`` of a run, or the only one of a backend.

    Raises:
        UsageError: if the run has no such row.
    """
    from rnnbench.results.queries import plan_of

    rows = plan_of(records).rows
    found = [row for row in rows if name in (str(row), row.place)]
    if len(found) != 1:
        raise unknown("row", name, map(str, rows))
    return found[0]
