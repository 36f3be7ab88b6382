"""``rnnbench show``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from rnnbench.cli.options import Debug, Delta, Json, Out, Run, ScoreDelta
from rnnbench.cli.printing import print_run, records_of
from rnnbench.cli.runs import file_of


def show(
    run: Run = None,
    baseline: Annotated[
        str | None,
        typer.Option(metavar="ROW", help="Ratios to this row, as torch:fused; the fastest if not."),
    ] = None,
    delta: Delta = None,
    score_delta: ScoreDelta = None,
    out: Out = Path("results"),
    as_format: Annotated[
        Literal["terminal", "markdown", "json"], typer.Option("--format")
    ] = "terminal",
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Print the table of a run.

    [b]rnnbench show[/b]

    [b]rnnbench show before-upgrade --baseline torch:fused[/b]

    [b]rnnbench show --json | jq '.[] | select(.cell == "lstm")'[/b]
    """
    shape = "json" if as_json else as_format
    print_run(records_of(file_of(run, out)), shape, baseline, delta, score_delta)
