"""One step of a cell on small arrays, before a run begins: faults are named with their line.

The arrays can't be written to, so a step that changes what it is given is found out. It would not
be by the oracle, which runs the same step.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Mapping

import numpy as np

from rnnbench.contracts.values import raised
from rnnbench.errors import UsageError
from rnnbench.models.cell import Cell
from rnnbench.oracle.differentiable_numpy import NumpyNamespace

#: Sizes that all differ, so that a wrong axis shows.
INPUTS, HIDDEN, BATCH = 2, 4, 3


def probe(cell: Cell, origin: str) -> None:
    """Run one step.

    Args:
        cell: with its options set.
        origin: the plugin it comes from, for the message.

    Raises:
        UsageError: if the step raises, changes what it is given, or returns another state than the
            cell declares; with the line to look at.
    """
    what = f"cell {cell.name!r} of {origin}"
    try:
        given = arguments(cell)
        first = cell.zero_state(BATCH, HIDDEN)
    except Exception as error:
        told = f"what its step begins with raises {raised(error)}"
        raise UsageError(f"{what}: {told}; see {line(error, cell)}") from error
    check_state(cell, what, "zero_state()", first)
    try:
        new = cell.step(NumpyNamespace(), *given)
    except Exception as error:
        raise UsageError(f"{what}: {reason(error)}; see {line(error, cell)}") from error
    check_state(cell, what, "step", new)


def check_state(cell: Cell, what: str, made_by: str, state: object) -> None:
    """Refuse a state that is not what the cell declares.

    Raises:
        UsageError: naming the method that has made it, and where the step is.
    """
    expected = [(BATCH, *shape) for shape in cell.state_shapes(HIDDEN)]
    found = [np.shape(part) for part in state] if isinstance(state, tuple) else type(state).__name__
    if found != expected:
        raise UsageError(
            f"{what}: its {made_by} returns {found} where {', '.join(cell.state)} have the shapes "
            f"{expected} (batch {BATCH}, hidden {HIDDEN}); see {definition(cell)}"
        )


def arguments(cell: Cell) -> tuple[dict[str, np.ndarray], np.ndarray, tuple[np.ndarray, ...]]:
    """Return parameters, an input and a state, none of which can be written to."""
    rng = np.random.default_rng(0)
    params = cell.initial(rng, INPUTS, HIDDEN)
    if not isinstance(params, Mapping):
        wanted = "a dict of arrays by their names is wanted"
        raise TypeError(f"initial() returns {type(params).__name__}, {wanted}")
    x = rng.standard_normal((BATCH, INPUTS))
    state = tuple(rng.standard_normal((BATCH, *shape)) for shape in cell.state_shapes(HIDDEN))
    for array in (*params.values(), x, *state):
        array.setflags(write=False)
    return params, x, state


def reason(error: Exception) -> str:
    """Return what went wrong, in one line."""
    if "read-only" in str(error):
        return "its step changes an array that it was given"
    text = str(error).splitlines()
    return f"its step raises {type(error).__name__}" + (f": {text[0]}" if text else "")


def line(error: Exception, cell: Cell) -> str:
    """Return the last line of the cell's own file that the error passed through."""
    own = inspect.getsourcefile(type(cell))
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == own]
    return f"{own}, line {frames[-1].lineno}" if frames else definition(cell)


def definition(cell: Cell) -> str:
    """Return where the step is defined."""
    return f"{inspect.getsourcefile(type(cell))}, line {inspect.getsourcelines(cell.step)[1]}"
