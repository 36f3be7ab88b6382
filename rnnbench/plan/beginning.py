"""A run that begins with trained weights: it runs their task and their model, unless told."""

from __future__ import annotations

from pathlib import Path

from rnnbench.plan.comparisons.networks import ALL
from rnnbench.schema.comparison import Comparison
from rnnbench.schema.suite import Grid, Suite
from rnnbench.weights import file
from rnnbench.weights.file import Weights


def read(path: Path | str | None) -> Weights | None:
    """Return the weights of a file, None where none is named.

    Raises:
        UsageError: if they can't be read.
    """
    return file.load(Path(path)) if path else None


def suite_of(own: Comparison) -> Suite:
    """Return a suite of the task and the model that weights are of, in their sizes.

    The batch is that of the training, so that a score is over the same data.
    """
    options = {
        own.task: own.task_options,
        own.network: own.network_options,
        own.cell: own.cell_options,
    }
    grid = Grid(
        tasks=[own.task],
        cells=[own.cell or ALL],
        networks=[own.network],
        options={name: given for name, given in options.items() if given},
        dtype=own.dtype,  # type: ignore[arg-type]  # checked where it is planned
        hidden=own.hidden,
        layers=own.layers,
        embedding=own.embedding,
        batch=own.batch,
    )
    return Suite(grids=[grid])
