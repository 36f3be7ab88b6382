"""Whether a model can be held at all, told before anything of it is made."""

from __future__ import annotations

import math

from rnnbench.errors import UsageError
from rnnbench.models.model import Model
from rnnbench.schema.comparison import Comparison
from rnnbench.system import machine

#: The most layers: a part is made for each.
MOST_LAYERS = 10_000
#: Bytes of a number; parameters are drawn in float64, whatever a row computes in.
NUMBER = 8


def check_layers(comparison: Comparison) -> None:
    """Refuse a model of too many parts.

    Raises:
        UsageError: naming how many.
    """
    if comparison.layers > MOST_LAYERS:
        raise UsageError(f"{comparison.layers} layers: at most {MOST_LAYERS} are possible")


def check_memory(comparison: Comparison, model: Model, memory: int | None = None) -> None:
    """Refuse a model whose parameters and states this machine can't hold even once.

    Args:
        comparison: its sizes, for the message.
        model: the model.
        memory: bytes there are; those of this machine by default, 0 if nobody knows.

    Raises:
        UsageError: naming what is needed and what there is.
    """
    memory = machine.memory() if memory is None else memory
    needed = NUMBER * (count_params(model) + count_states(model, comparison.batch))
    if needed > (memory or 1 << 50):
        there = f"this machine has {size(memory)}" if memory else "no machine has that"
        raise UsageError(
            f"{comparison.task} with {comparison.model}: hidden {comparison.hidden}, layers "
            f"{comparison.layers}, batch {comparison.batch} need {size(needed)} for parameters and "
            f"states alone; {there}"
        )


def count_params(model: Model) -> int:
    """Return the number of parameters."""
    return sum(math.prod(shape) for part in model.parts.values() for shape in part.shapes.values())


def count_states(model: Model, batch: int) -> int:
    """Return the numbers of the states between two steps."""
    return batch * sum(
        math.prod(shape) for part in model.parts.values() for shape in part.state_shapes
    )


def size(count: int) -> str:
    """Return a number of bytes in GiB, as ``3.1 GiB``."""
    return f"{count / 2**30:,.1f} GiB"
