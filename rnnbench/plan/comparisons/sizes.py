"""Whether a model can be held at all, told before anything of it is made."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

from rnnbench.errors import PluginError, UsageError
from rnnbench.models.layers.recurrent import Layer
from rnnbench.models.model import Model
from rnnbench.models.problem import Problem
from rnnbench.schema.comparison import Comparison
from rnnbench.system import machine
from rnnbench.system.processes.limits import is_out_of_memory
from rnnbench.text import cut, message_of

#: The most layers: a part is made for each.
MOST_LAYERS = 10_000
#: Bytes of a parameter, which is drawn in float64, whatever a row computes in.
NUMBER = 8
#: What NumPy says of an array that no memory could hold.
TOO_BIG = ("array is too big", "Maximum allowed dimension exceeded")
#: Bytes of any other number, at least: a row may compute in half precision.
HALF = 2


def check_layers(comparison: Comparison) -> None:
    """Refuse a model of too many parts.

    Raises:
        UsageError: naming how many.
    """
    if comparison.layers > MOST_LAYERS:
        raise UsageError(f"{comparison.layers} layers: at most {MOST_LAYERS} are possible")


def check_memory(
    comparison: Comparison, model: Model, steps: int, option: str, memory: int | None = None
) -> None:
    """Refuse what this machine can't hold even once: a model, a batch, and what a step keeps of it.

    What it counts is less than a run needs: parameters, the states between two steps, a batch, and
    the hidden state of each recurrent layer at each time step, from which gradients are computed.

    Args:
        comparison: its sizes, for the message.
        model: the model.
        steps: time steps of the longest batch.
        option: that sets how many these are, for the message.
        memory: bytes there are; those of this machine by default, 0 if nobody knows.

    Raises:
        UsageError: naming what is needed, what there is, and what to make smaller.
    """
    memory = machine.memory() if memory is None else memory
    own = NUMBER * (count_params(model) + count_states(model, comparison.batch))
    numbers = count_batch(model.spec.problem, steps, comparison.batch)
    over_time = HALF * (numbers + count_kept(comparison, model, steps))
    if (total := own + over_time) > (memory or 1 << 50):
        there = f"this machine has {size(memory)}" if memory else "no machine has that"
        what, smaller = f"a batch of {steps:,} time steps", f"{option}, other sizes or the batch"
        if own > over_time:
            what, smaller = "parameters and states", "hidden, layers or other sizes"
        raise UsageError(
            f"{comparison.task} with {comparison.model}: hidden {comparison.hidden}, layers "
            f"{comparison.layers}, batch {comparison.batch} need at least {total:,} bytes "
            f"({size(total)}), most of them for {what}; {there}: make {smaller} smaller"
        )


@contextmanager
def memory_told(task: str) -> Iterator[None]:
    """Say of memory that has run out while a task is asked what to do.

    Raises:
        UsageError: naming the array that found no room, as NumPy does, with its bytes.
    """
    try:
        yield
    except PluginError as error:
        told = cut(message_of(error.__cause__ or error)) or "memory has run out"
        if not (is_out_of_memory(error) or told.startswith(TOO_BIG)):
            raise
        less = f"smaller options of {task}, or a smaller batch, need less"
        raise UsageError(f"{task} does not fit into memory: {told}; {less}") from error


def count_params(model: Model) -> int:
    """Return the number of parameters."""
    return sum(math.prod(shape) for part in model.parts.values() for shape in part.shapes.values())


def count_states(model: Model, batch: int) -> int:
    """Return the numbers of the states between two steps."""
    return batch * sum(
        math.prod(shape) for part in model.parts.values() for shape in part.state_shapes
    )


def count_batch(problem: Problem, steps: int, batch: int) -> int:
    """Return the numbers of a batch of so many time steps, at least: inputs and targets."""
    inputs = 1 if problem.tokens else problem.inputs
    targets = 1 if problem.loss == "cross-entropy" else problem.outputs
    read = 1 if problem.source == "one" else steps
    written = 1 if problem.targets == "one" else steps
    return batch * (read * inputs + written * targets)


def count_kept(comparison: Comparison, model: Model, steps: int) -> int:
    """Return the numbers of the recurrent layers' states at all steps; 0 where a GPU keeps them."""
    if comparison.device != "cpu":
        return 0
    layers = sum(isinstance(part, Layer) for part in model.parts.values())
    return layers * comparison.batch * min(steps, comparison.window or steps) * comparison.hidden


def size(count: int) -> str:
    """Return a number of bytes in GiB, as ``3.1 GiB``."""
    return f"{count / 2**30:,.1f} GiB"
