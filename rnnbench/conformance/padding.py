"""Batches that mean the same with other things at their padding, and one example of a batch."""

from __future__ import annotations

import numpy as np

from rnnbench.models.arrays.trees import Batch, examples

#: What no model must see; finite, as padding always is.
GARBAGE = 1e3


def with_garbage(batch: Batch) -> Batch:
    """Return a batch with other inputs and targets at padding."""
    return batch._replace(
        inputs=spoilt(batch.inputs, batch.lengths),
        targets=spoilt(batch.targets, lengths_of_targets(batch)),
    )


def with_more_padding(batch: Batch, steps: int = 2) -> Batch:
    """Return a batch with some more steps of padding."""
    targets = batch.targets
    if lengths_of_targets(batch) is not None:
        targets = longer(targets, steps)
    return batch._replace(inputs=longer(batch.inputs, steps), targets=targets)


def example_of(batch: Batch, k: int, axis: int) -> Batch:
    """Return the ``k``-th example of a batch, whose targets have examples along ``axis``."""
    return examples(batch, slice(k, k + 1), axis)


def lengths_of_targets(batch: Batch) -> np.ndarray | None:
    """Return the lengths of the targets, None where they have no steps."""
    if batch.target_lengths is not None:
        return np.asarray(batch.target_lengths)
    each = batch.targets.shape[:2] == batch.inputs.shape[:2]
    return np.asarray(batch.lengths) if each else None


def spoilt(array: np.ndarray, lengths: np.ndarray | None) -> np.ndarray:
    """Return ``(T, B, ...)`` with other values at padding: tokens 0, or large numbers."""
    if lengths is None:
        return array
    there = np.arange(len(array))[:, None] < lengths
    there = there.reshape(there.shape + (1,) * (array.ndim - 2))
    whole = np.issubdtype(array.dtype, np.integer)
    return np.where(there, array, 0 if whole else GARBAGE).astype(array.dtype)


def longer(array: np.ndarray, steps: int) -> np.ndarray:
    """Return an array with so many steps more, like its first."""
    return np.concatenate([array, np.repeat(array[:1], steps, axis=0)])
