"""``rnnbench status``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rnnbench.cli.options.shared import Debug, Json, Out

RunInParts = Annotated[
    str | None,
    typer.Argument(metavar="RUN", help="A run in parts in DIR by its name, or a path; the newest."),
]


def status(
    run: RunInParts = None,
    out: Out = Path("results"),
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Tell how far a run on many machines is: parts queued, running, done and ended before that.

    [b]rnnbench status night[/b]

    [b]rnnbench status night --json | jq '.[] | select(.state == "ended") | .part'[/b]
    """
    from rnnbench.api.clusters import run_in_parts

    print_status(run_in_parts(run, out), as_json)


def print_status(run: Path, as_json: bool) -> None:
    """Print how far the parts of a run are."""
    from rnnbench.cli.output.printing import print_json
    from rnnbench.cluster import submission
    from rnnbench.cluster.progress import progress
    from rnnbench.report.lists import parts

    submitted = submission.load(run)
    states = progress(run, submitted)
    if as_json:
        print_json(list(map(parts.plain_object, states)))
    else:
        parts.print_parts(run, states, submitted.engine if submitted else None)
