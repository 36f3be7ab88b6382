"""Printing what a run has measured."""

from __future__ import annotations

from pathlib import Path

import typer


def print_run(file: Path, as_json: bool, as_markdown: bool = False) -> None:
    """Print the table of a results file."""
    from rnnbench import results
    from rnnbench.frame import frame, objects
    from rnnbench.report import blocks, markdown, terminal

    records = results.read(file)
    table = frame(records)
    if as_json:
        import json

        typer.echo(json.dumps(objects(table), indent=1))
        return
    heading, shown = blocks.heading(records), blocks.blocks(table)
    if as_markdown:
        typer.echo(markdown.render(heading, shown))
    else:
        terminal.show(heading, shown, terminal.console())
