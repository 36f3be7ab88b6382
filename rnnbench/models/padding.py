"""Padding: sequences of several lengths in one batch, and what stands behind the shorter ones."""

from __future__ import annotations

from rnnbench.models.arrays.namespace import Array, Namespace


def mask_of(xp: Namespace, steps: int, lengths: Array) -> Array:
    """Return booleans ``(T, B)``, false at padding, of lengths ``(B,)``."""
    return xp.arange(steps, like=lengths)[:, None] < lengths


def beside(there: Array, array: Array) -> Array:
    """Return ``there`` with as many axes as ``array``, which has the same ones first."""
    return there[(..., *(None,) * (array.ndim - there.ndim))]


def last(xp: Namespace, xs: Array, lengths: Array | None) -> Array:
    """Return the last step of each example ``(B, ...)`` that is no padding, of ``(T, B, ...)``."""
    if lengths is None:
        return xs[-1]
    index = beside((lengths - 1)[None], xs)
    return xp.take_along_axis(xs, xp.broadcast_to(index, (1, *xs.shape[1:])), axis=0)[0]
