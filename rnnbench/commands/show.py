"""``rnnbench show``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from rnnbench.commands.options import Debug, Json, Out
from rnnbench.commands.printing import print_run


def show(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[RUN]", help="A run in DIR, or a path; the newest by default."),
    ] = None,
    out: Out = Path("results"),
    as_format: Annotated[
        Literal["terminal", "markdown", "json"], typer.Option("--format")
    ] = "terminal",
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Print the table of a run.

    [b]rnnbench show[/b]

    [b]rnnbench show --json | jq '.[] | select(.cell == "lstm")'[/b]
    """
    from rnnbench import results

    print_run(results.find(name, out), as_json or as_format == "json", as_format == "markdown")
