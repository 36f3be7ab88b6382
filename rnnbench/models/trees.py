"""Trees of arrays: parameters, states, batches."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy as np

from rnnbench.models.cell import State
from rnnbench.models.namespace import Array

#: All parameters of a model: group → name → array. Layer ``k`` is the group ``layers.k``.
Params: TypeAlias = dict[str, dict[str, np.ndarray]]
#: The same in a backend's own form; the group of a layer is whatever its recurrence packs.
Native: TypeAlias = dict[str, Any]
#: One :data:`~rnnbench.models.cell.State` per layer.
States: TypeAlias = tuple[State, ...]
Tree = TypeVar("Tree")


class Batch(NamedTuple):
    """One batch, time-major.

    Attributes:
        inputs: ``(T, B, I)`` real, or ``(T, B)`` integer tokens.
        targets: for a read-out at every step ``(T, B, O)`` real or ``(T, B)`` class indices; for
            one at the last step the same without the time axis.
    """

    inputs: Array
    targets: Array


def tree_map(function: Any, tree: Tree) -> Tree:
    """Apply ``function`` to every array in nested dicts, tuples and named tuples."""
    if isinstance(tree, dict):
        return type(tree)({key: tree_map(function, value) for key, value in tree.items()})
    if isinstance(tree, tuple):
        parts = [tree_map(function, part) for part in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
    return function(tree)  # type: ignore[no-any-return]
