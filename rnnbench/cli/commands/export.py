"""``rnnbench export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from rnnbench.cli.options import Debug, Out
from rnnbench.errors import UsageError


def export(
    as_format: Annotated[
        Literal["pytest-benchmark"], typer.Option("--format", help="Who is to read it.")
    ],
    name: Annotated[
        str | None,
        typer.Argument(metavar="[RUN]", help="A run in DIR, or a path; the newest by default."),
    ] = None,
    output: Annotated[
        str, typer.Option(metavar="FILE", help="Written over if it exists; - for stdout.")
    ] = "-",
    out: Out = Path("results"),
    debug: Debug = False,
) -> None:
    """Write a run in the format of another tool.

    [b]rnnbench export --format pytest-benchmark --output run.json[/b]

    [b]pytest-benchmark compare run.json[/b]
    """
    from rnnbench.cli.printing import json_text, records_of
    from rnnbench.report.formats import pytest_benchmark
    from rnnbench.results import folders
    from rnnbench.text import many

    made = pytest_benchmark.export(records_of(folders.find(name, out)))
    text = json_text(made.content)
    if output == "-":
        typer.echo(text)
    else:
        try:
            Path(output).write_text(f"{text}\n", encoding="utf-8")
        except OSError as error:
            raise UsageError(f"--output {output}: {error.strerror or error}") from None
    if made.left_out:
        typer.echo(f"left out: {many(made.left_out, 'row')} without figures", err=True)
