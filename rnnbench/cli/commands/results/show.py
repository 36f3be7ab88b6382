"""``rnnbench show``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from rnnbench.cli.arguments.runs import gathered
from rnnbench.cli.options.shared import (
    Columns,
    Debug,
    Delta,
    Filter,
    Json,
    Out,
    Run,
    ScoreDelta,
    Sort,
)
from rnnbench.cli.output.printing import keep, print_tables, source_of


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
    filters: Filter = None,
    columns: Columns = None,
    sort: Sort = None,
    debug: Debug = False,
) -> None:
    """Print the table of a run.

    [b]rnnbench show[/b]

    [b]rnnbench show before-upgrade --baseline torch:fused[/b]

    [b]rnnbench show --filter cell=lstm,gru --columns train_step_ms,ratio,kernel[/b]

    [b]rnnbench show --json | jq '.[] | select(.cell == "lstm")'[/b]
    """
    shape = "json" if as_json else as_format
    from rnnbench.report.publish.selection import selection

    wanted = selection(filters or (), columns, sort)
    runs = [source_of(file, baseline, delta, score_delta) for file in gathered(run, out)]
    keep(runs)
    print_tables(runs, shape, wanted)
