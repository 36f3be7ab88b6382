"""``rnnbench export``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from rnnbench.cli.options.shared import Debug, Out, Run


def export(
    as_format: Annotated[
        Literal["pytest-benchmark"], typer.Option("--format", help="Who is to read it.")
    ],
    run: Run = None,
    output: Annotated[
        str, typer.Option(metavar="FILE", help="An earlier export is written over; - for stdout.")
    ] = "-",
    out: Out = Path("results"),
    debug: Debug = False,
) -> None:
    """Write a run in the format of another tool.

    [b]rnnbench export --format pytest-benchmark --output run.json[/b]

    [b]pytest-benchmark compare run.json[/b]
    """
    from rnnbench.cli.arguments.runs import file_of
    from rnnbench.cli.output.printing import keep, rows_of
    from rnnbench.report.formats import pytest_benchmark
    from rnnbench.report.output_files import write
    from rnnbench.system.io.streams import say
    from rnnbench.text import many

    rows = rows_of(file_of(run, out), pytest_benchmark.ASKED)
    made = pytest_benchmark.export(rows)
    keep(rows, made)
    texts = pytest_benchmark.texts(made)
    if output == "-":
        sys.stdout.writelines(texts)
    else:
        write(Path(output), "".join(texts).encode(), "export", pytest_benchmark.is_ours)
    if made.left_out:
        count = many(made.left_out, "row")
        say(f"left out: {count} without figures, or with too few undisturbed blocks")
