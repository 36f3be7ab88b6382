"""``rnnbench export``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

import typer

from rnnbench.cli.options import Debug, Out, Run
from rnnbench.errors import UsageError


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
    from rnnbench.cli.printing import json_text, records_of
    from rnnbench.cli.runs import file_of
    from rnnbench.report.formats import pytest_benchmark
    from rnnbench.system.streams import say
    from rnnbench.text import many

    made = pytest_benchmark.export(records_of(file_of(run, out)))
    text = json_text(made.content)
    if output == "-":
        print(text)
    else:
        write(Path(output), f"{text}\n")
    if made.left_out:
        rows = many(made.left_out, "row")
        say(f"left out: {rows} without figures, or with too few undisturbed blocks")


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all, and never over the results of a run.

    Raises:
        UsageError: if it can't be written, or holds what was measured.
    """
    from rnnbench.results import reader
    from rnnbench.results.runs import folders
    from rnnbench.system.files import write_file

    try:
        real = path.resolve()
        if reader.is_results_file(path) or (real.name == folders.FILE and real.exists()):
            raise UsageError(f"--output {path}: these are the results of a run; name another file")
        if real.exists() and (real.parent / folders.FILE).exists():
            raise UsageError(f"--output {path}: this is a file of a run; name another one")
        if real.is_file() and not is_export(real):
            raise UsageError(
                f"--output {path}: this is something else than an earlier export; "
                "name another file, or remove it"
            )
        write_file(path, text.encode())
    except (OSError, ValueError, RuntimeError) as error:  # a zero byte, a circle of links
        reason = (isinstance(error, OSError) and error.strerror) or error
        raise UsageError(f"--output {path}: {reason}") from None


def is_export(path: Path) -> bool:
    """Return whether a file is a report of pytest-benchmark's form, or empty."""
    with path.open("rb") as file:
        return re.match(rb"\s*(\{\s*\"machine_info\"|$)", file.read(200)) is not None
