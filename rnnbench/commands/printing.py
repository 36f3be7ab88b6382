"""Printing what a run has measured."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from rnnbench.errors import unknown
from rnnbench.plain import plain

if TYPE_CHECKING:
    from rnnbench.plan import Over
    from rnnbench.records import AnyRecord
    from rnnbench.rows import Row


def records_of(file: Path) -> list[AnyRecord]:
    """Read a results file, telling what of it was set aside."""
    from rnnbench import results

    found = results.load(file)
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
    from rnnbench.frame import frame, objects
    from rnnbench.records import plan_of
    from rnnbench.report import blocks, markdown, scaling, terminal
    from rnnbench.verdict import DELTA

    table = frame(records, named(baseline, records) if baseline else None, delta or DELTA)
    if shape == "json":
        import json

        typer.echo(json.dumps(objects(table), indent=1))
        return
    heading, shown = blocks.heading(records), blocks.blocks(table, baseline or "fastest")
    if over := plan_of(records).scale:
        shown += scaling.blocks(table, over)
    if shape == "markdown":
        typer.echo(markdown.render(heading, shown))
    else:
        terminal.show(heading, shown, terminal.console())


def print_scaling(records: list[AnyRecord], over: Over, as_json: bool) -> None:
    """Print how the costs grow in a scaling run."""
    from rnnbench.frame import frame
    from rnnbench.report import blocks, scaling, terminal
    from rnnbench.scaling import scalings

    table = frame(records)
    if as_json:
        import json

        found = [scaling.entry(one, over) for one in scalings(table, over)]
        typer.echo(json.dumps(found, indent=1))
        return
    terminal.show(blocks.heading(records), scaling.blocks(table, over), terminal.console())


def named(name: str, records: list[AnyRecord]) -> Row:
    """Return the row ``backend:variant`` of a run, or the only one of a backend.

    Raises:
        UsageError: if the run has no such row.
    """
    from rnnbench.records import plan_of

    rows = plan_of(records).rows
    found = [row for row in rows if name in (str(row), row.place)]
    if len(found) != 1:
        raise unknown("row", name, map(str, rows))
    return found[0]
