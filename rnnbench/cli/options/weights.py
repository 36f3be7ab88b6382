"""The options of ``run`` that have to do with trained weights."""

from __future__ import annotations

from typing import Annotated

import typer

Weights = Annotated[
    str | None,
    typer.Option(
        metavar="RUN|WEIGHTS",
        help="Begin with trained weights, of a file or of a run that has saved some, and run their "
        "task and their model.",
        rich_help_panel="Training",
    ),
]
SaveWeights = Annotated[
    bool,
    typer.Option(
        "--save-weights",
        help="Write the weights of each training to the folder of the run (safetensors).",
        rich_help_panel="Training",
    ),
]
