"""The options of ``run`` that have to do with trained weights."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Weights = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Begin with trained weights, and run their task and their model.",
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
