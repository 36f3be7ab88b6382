"""The options of ``run`` that have to do with several machines."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from rnnbench.cli.options.values import number
from rnnbench.schema.types import Positive

#: Their panel on the help page.
PANEL = "Several machines"

PartOf = Annotated[
    str | None,
    typer.Option(
        "--part",
        metavar="K/N",
        help="Do the K-th of N parts of the run, all of the same --name: any batch system's line.",
        rich_help_panel=PANEL,
    ),
]
Split = Annotated[
    Literal["comparisons", "seeds"],
    typer.Option(
        help="What parts consist of; with [b]seeds[/b] the trainings of each seed are apart.",
        rich_help_panel=PANEL,
    ),
]
Cluster = Annotated[
    Literal["slurm", "local", "debug"] | None,
    typer.Option(
        help="Submit the run as an array of jobs, and end; [b]rnnbench status NAME[/b] follows it.",
        rich_help_panel=PANEL,
    ),
]
Parts = Annotated[
    int | None,
    typer.Option(
        parser=number(Positive),
        metavar="N",
        help="With --cluster: how many jobs; one for each comparison by default.",
        rich_help_panel=PANEL,
    ),
]
AtOnce = Annotated[
    int | None,
    typer.Option(
        parser=number(Positive),
        metavar="K",
        help="With --cluster: how many jobs run at once; locally one by default.",
        rich_help_panel=PANEL,
    ),
]
ClusterSet = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KEY=VALUE",
        help="An option of sbatch, as [b]partition=gpu[/b] or [b]time=60[/b].",
        rich_help_panel=PANEL,
    ),
]
