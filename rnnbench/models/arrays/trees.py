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
    """Return some examples of a batch, whose targets have examples along ``axis``.

    With a slice for ``which``, arrays may be those of any framework.
    """

    def some(tree: Any, axis: int) -> Any:
        return tree_map(lambda array: along(array, axis, which), tree)

    return Batch(
        inputs=some(batch.inputs, 1),
        targets=some(batch.targets, axis),
        lengths=some(batch.lengths, 0),
        target_lengths=some(batch.target_lengths, 0),
        noise=some(batch.noise, 1),
        rate=batch.rate,
        resets=some(batch.resets, 0),
        counted=some(batch.counted, 1),
    )


def shares(states: States, batch: Batch, axis: int, count: int) -> list[tuple[States, Batch]]:
    """Return states and batch in ``count`` shares of as many examples each, in order.

    Args:
        states: of the whole batch.
        batch: whose examples ``count`` divides.
        axis: along which its targets have examples: :attr:`Problem.examples_axis`.
        count: how many shares.
    """
    size = batch.inputs.shape[1] // count
    parts = [slice(size * k, size * (k + 1)) for k in range(count)]
    return [
        (tree_map(lambda array, part=part: array[part], states), examples(batch, part, axis))
        for part in parts
    ]


def along(array: Any, axis: int, which: np.ndarray | slice) -> Any:
    """Return some entries along an axis."""
    return array[(*(slice(None),) * axis, which)]


def copied(array: Any, real: str, whole: type[np.integer[Any]] = np.int64) -> np.ndarray:
    """Copy an array: real numbers at the dtype ``real``, integers at ``whole``, booleans as such.

    For :meth:`Backend.put`: a framework may go on using the memory of what it is given.
    """
    kind = np.asarray(array).dtype.kind
    if kind == "b":
        return np.array(array)
    return np.array(array, dtype=real if kind == "f" else whole)
