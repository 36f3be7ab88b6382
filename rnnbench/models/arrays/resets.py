"""States at the ends of sequences: what an example remembers until another one begins in it."""

from __future__ import annotations

import numpy as np

from rnnbench.models.arrays.array_functions import Array, Namespace
from rnnbench.models.arrays.trees import States


def begun_anew(xp: Namespace, states: States, zeros: States, resets: Array) -> States:
    """Return the states in which a batch begins.

    Args:
        xp: the functions to compute with.
        states: those after the batch before, ``(B, ...)`` by path.
        zeros: in NumPy, what one example remembers before the first step, ``(1, ...)`` by path.
        resets: booleans ``(B,)``, true for examples that begin another sequence here.

    Returns:
        The first state where one begins, and what is carried elsewhere.
    """

    def begun(carried: Array, zero: np.ndarray) -> Array:
        where = resets[(..., *(None,) * (carried.ndim - 1))]
        return xp.where(where, filled(xp, carried, zero[0]), carried)

    return {
        path: tuple(map(begun, parts, zeros[path])) if path in zeros else parts
        for path, parts in states.items()
    }


def filled(xp: Namespace, like: Array, row: np.ndarray) -> Array:
    """Return an array like ``like (B, ...)``, each of whose examples is ``row (...)``."""
    if np.all(row == row.flat[:1]):  # as it is in all but the odd cell
        return xp.zeros_like(like) + float(row.flat[0] if row.size else 0)
    columns = [filled(xp, like[:, k], part) for k, part in enumerate(row)]
    return xp.stack(columns, axis=1)
