"""The options of ``run`` that have to do with earlier runs."""

from __future__ import annotations

from typing import Annotated

import typer

from rnnbench.cli.options import completion

Earlier = Annotated[
    str | None,
    typer.Argument(
        metavar="RUN",
        help="With --resume: a run in DIR, or a path; latest by default.",
        autocompletion=completion.run,
    ),
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="Go on with a run that was interrupted: RUN, or the newest in DIR.",
        rich_help_panel="Earlier runs",
    ),
]
RetryFailed = Annotated[
    bool,
    typer.Option(
        "--retry-failed",
        help="With --resume: do again what has failed, trainings and whole comparisons.",
        rich_help_panel="Earlier runs",
    ),
]
Reuse = Annotated[
    bool,
    typer.Option(
        "--reuse",
        help="Take over what earlier runs in DIR have measured of the same: rows, code, "
        "versions, data and machine.",
        rich_help_panel="Earlier runs",
    ),
]
