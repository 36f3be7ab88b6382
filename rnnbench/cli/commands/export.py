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
    from rnnbench.system.streams import say
    from rnnbench.text import many

    made = pytest_benchmark.export(records_of(folders.find(name, out)))
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
    from rnnbench.results import folders, reader
    from rnnbench.system.files import write_file

    try:
        real = path.resolve()
        if reader.is_results_file(path) or (real.name == folders.FILE and real.exists()):
            raise UsageError(f"--output {path}: these are the results of a run; name another file")
        if real.exists() and (real.parent / folders.FILE).exists():
            raise UsageError(f"--output {path}: this is a file of a run; name another one")
        write_file(path, text.encode())
    except (OSError, ValueError, RuntimeError) as error:  # a zero byte, a circle of links
        reason = (isinstance(error, OSError) and error.strerror) or error
        raise UsageError(f"--output {path}: {reason}") from None
