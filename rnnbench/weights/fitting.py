"""Weights as the beginning of a model: refused where they are of another one."""

from __future__ import annotations

import numpy as np

from rnnbench.errors import UsageError
from rnnbench.models.arrays.trees import Params
from rnnbench.models.model import Model
from rnnbench.models.vocabulary import Vocabulary
from rnnbench.schema.comparison import Comparison
from rnnbench.weights.file import Weights, flat


def begun(
    model: Model, comparison: Comparison, weights: Weights | None, reads: Vocabulary | None
) -> Model:
    """Return a model that begins with the weights of a comparison.

    Args:
        model: as it is drawn.
        comparison: names the weights.
        weights: what was read.
        reads: what the tokens of the task stand for.

    Raises:
        UsageError: if they are others by now, of another model, or learnt on other symbols.
    """
    if weights is None or weights.sha256 != comparison.weights:
        where = f"{weights.path} holds others" if weights else "no file is named"
        raise UsageError(f"the weights that this run begins with are gone: {where}")
    own = weights.header.comparison
    for kind in ("network", "cell"):
        ours, theirs = getattr(comparison, kind), getattr(own, kind)
        if ours != theirs:
            raise UsageError(f"{weights.path} is of the {kind} {theirs!r}, not {ours!r}")
    if weights.header.reads and not reads:
        raise UsageError(
            f"{weights.path} was trained on the symbols of {own.task}; {comparison.task} has none"
        )
    if weights.header.reads != reads:
        raise UsageError(
            f"{weights.path} was trained on other symbols than those of {comparison.task} here: "
            "name the text that it was trained on"
        )
    return Model(model.network, model.spec, fitted(weights, model))


def fitted(weights: Weights, model: Model) -> Params:
    """Return weights in float64, in the order of a model's own.

    Raises:
        UsageError: if the model has others, naming the first.
    """
    wanted = {
        f"{path}.{name}": tuple(shape)
        for path, part in model.parts.items()
        for name, shape in part.shapes.items()
    }
    found = {name: array.shape for name, array in flat(weights.params).items()}
    for name in sorted(wanted.keys() | found.keys()):
        if wanted.get(name) != found.get(name):
            raise UsageError(
                f"{weights.path}: {name} has {_shape(found.get(name))} in the file, "
                f"{_shape(wanted.get(name))} in the model"
            )
    return {
        path: {name: weights.params[path][name].astype(np.float64) for name in part.shapes}
        for path, part in model.parts.items()
        if part.shapes
    }


def _shape(shape: tuple[int, ...] | None) -> str:
    """Return a shape in words."""
    return "no values" if shape is None else f"the shape {shape}"
