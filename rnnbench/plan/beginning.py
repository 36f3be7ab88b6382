"""What is begun with trained weights: a run of their task, unless told, or their model alone."""

from __future__ import annotations

import os
from pathlib import Path

from rnnbench.contracts.values import guarded
from rnnbench.errors import UsageError
from rnnbench.models.model import Model
from rnnbench.models.network import Spec
from rnnbench.plan.comparisons.build import configured
from rnnbench.plan.comparisons.networks import ALL
from rnnbench.plan.comparisons.sizes import check_layers
from rnnbench.plugins.registry import Registry
from rnnbench.schema.comparison import Comparison
from rnnbench.schema.suite import Grid, Suite
from rnnbench.text import plain
from rnnbench.weights import file
from rnnbench.weights.file import Weights
from rnnbench.weights.fitting import fitted


def read(path: Path | str | None) -> Weights | None:
    """Return the weights of a file, None where none is named.

    Raises:
        UsageError: if they can't be read.
    """
    return file.load(Path(path)) if path else None


def named(weights: Weights | None) -> str:
    """Return how a record names the file of weights: as it was given, or from the folder we are in.

    So a results file tells nothing of the folders of a machine.
    """
    if weights is None:
        return ""
    path, here = weights.path, Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def located(name: str, folder: Path) -> str:
    """Return where the file of weights is that a record names: there, or beside the results.

    Args:
        name: as :func:`named` gave it; a full path in older records.
        folder: of the results.

    Raises:
        UsageError: if it is at neither place.
    """
    beside = folder / Path(name).name
    if not name or os.path.lexists(name):
        return name
    if os.path.lexists(beside):
        return str(beside)
    raise UsageError(
        plain(
            f"the weights that this run begins with are gone: there is no {name} here; go on from "
            f"the folder that it was begun in, or put the file into {folder}"
        )
    )


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


def model_of(weights: Weights, registry: Registry) -> Model:
    """Return the model that weights are of; its state is carried, whatever it was trained with.

    Raises:
        UsageError: if its network or its cell is not installed here, or it has other weights.
    """
    own, problem = weights.header.comparison, weights.header.problem
    check_layers(own)
    network = configured("network", own.network, registry, own.network_options)
    cell = configured("cell", own.cell, registry, own.cell_options) if own.cell else None
    who = f"network {own.network!r} of {registry.provenance('network', own.network)}"
    spec = Spec(problem, cell, own.hidden, own.layers, own.embedding, carried=True)
    model = guarded(who, "its parts", lambda: Model(network, spec))
    params = guarded(who, "its parts", lambda: fitted(weights, model))
    return Model(network, spec, params)
