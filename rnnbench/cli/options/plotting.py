"""The options of ``rnnbench plot``: what a picture shows, and where it is drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from rnnbench.report.pictures import KindName

KindOption = Annotated[
    KindName | None,
    typer.Option(
        "--kind",
        help="What it shows; time by default, scaling of a scaling run, latency of a stream, "
        "gradient-flow of a file of [b]gradient-flow[/b], attention of a file of weights.",
    ),
]
Picture = Annotated[
    Path | None,
    typer.Option(
        "--output",
        metavar="FILE",
        help="Its name ends in .svg, .png or .html (a page that needs nothing else); "
        "RUN-KIND.svg by default.",
    ),
]
ThemeOption = Annotated[
    Literal["light", "dark"] | None,
    typer.Option(
        "--theme",
        help="The paper that it is for, light by default; a page has that of its reader.",
    ),
]
Prompt = Annotated[
    str | None,
    typer.Option(
        "--prompt",
        parser=str,  # a new line alone is a text, too
        metavar="TEXT",
        help="Of attention: what the net reads while it writes.",
    ),
]
