"""Trees of arrays: parameters, states, batches."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy as np

from rnnbench.models.arrays.array_functions import Array, State

#: All parameters of a model: path of a part → name → array, ``layers.0`` → ``w_x``.
Params: TypeAlias = dict[str, dict[str, np.ndarray]]
#: The same in a backend's own form; the entry of a part is whatever its kernel packs.
Native: TypeAlias = dict[str, Any]
#: One ``State`` by the path of each part that has one.
States: TypeAlias = dict[str, State]
#: Dropout masks by path: booleans, true where a value is kept.
Noise: TypeAlias = dict[str, Array]
Tree = TypeVar("Tree")


class Batch(NamedTuple):
    """One batch, time-major: all that the core decides for each step and example.

    Attributes:
        inputs: ``(T, B, I)`` real, or ``(T, B)`` integer tokens.
        targets: for a target at every step ``(T, B, O)`` real or ``(T, B)`` class indices; for one
            target the same without the time axis.
        lengths: the steps of each example ``(B,)``, at least 1, or None where all fill ``T``.
        target_lengths: the same of the targets.
        noise: the dropout masks by the path of their part, or None in evaluation.
        rate: the learning rate of this step ``()``, or None where it is the optimizer's own.
        resets: booleans ``(B,)``, true where an example begins another sequence: its state before
            this batch is the first one, whatever is carried; None where all go on.
        counted: booleans ``(T, B)``, true where a target is a part of the loss; None where all are.
    """

    inputs: Array
    targets: Array
    lengths: Array | None = None
    target_lengths: Array | None = None
    noise: Noise | None = None
    rate: Array | None = None
    resets: Array | None = None
    counted: Array | None = None


def tree_map(function: Any, tree: Tree) -> Tree:
    """Apply ``function`` to every array in nested dicts, tuples and named tuples; None stays."""
    if tree is None:
        return tree
    if isinstance(tree, dict):
        return type(tree)({key: tree_map(function, value) for key, value in tree.items()})
    if isinstance(tree, tuple):
        parts = [tree_map(function, part) for part in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
    result: Tree = function(tree)
    return result


def split(batch: Batch, steps: int) -> tuple[Batch, Batch]:
    """Return the first steps of a batch of one length, and those after them.

    What is drawn for each step goes with it; sequences begin in the first part alone.
    """
    length = batch.inputs.shape[0]

    def some(array: Any, part: slice) -> Any:
        return array[part] if array.shape[0] == length else array

    first, rest = (
        tree_map(lambda array, part=part: some(array, part), batch._replace(rate=None, resets=None))
        for part in (slice(steps), slice(steps, None))
    )
    return first._replace(resets=batch.resets), rest


def examples(batch: Batch, which: np.ndarray | slice, axis: int) -> Batch:
    """Return some examples of a batch, whose targets have examples along ``axis``."""
    return batch._replace(
        inputs=batch.inputs[:, which],
        targets=along(batch.targets, axis, which),
        lengths=None if batch.lengths is None else batch.lengths[which],
        target_lengths=None if batch.target_lengths is None else batch.target_lengths[which],
        resets=None if batch.resets is None else batch.resets[which],
    )


def along(array: np.ndarray, axis: int, which: np.ndarray | slice) -> np.ndarray:
    """Return some entries along an axis."""
    found: np.ndarray = array[(*(slice(None),) * axis, which)]
    return found


def copied(array: Any, real: str, whole: type[np.integer[Any]] = np.int64) -> np.ndarray:
    """Copy an array: real numbers at the dtype ``real``, integers at ``whole``, booleans as such.

    For :meth:`Backend.put`: a framework may go on using the memory of what it is given.
    """
    dtype = np.asarray(array).dtype
    if dtype == np.bool_:
        return np.array(array)
    return np.array(array, dtype=real if np.issubdtype(dtype, np.floating) else whole)
