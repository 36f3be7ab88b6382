"""Padding: sequences of several lengths in one batch, and what stands behind the shorter ones."""

from __future__ import annotations

from rnnbench.models.arrays.array_functions import Array, Namespace


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


def after_past(xp: Namespace, past: Array, xs: Array) -> Array:
    """Return ``past (B, N, ...)``, which is a state, and behind it ``xs``: ``(N+T, B, ...)``."""
    return xp.concat([turned(xp, past), xs])


def recent(xp: Namespace, xs: Array, count: int, lengths: Array | None) -> Array:
    """Return the past of the next batch.

    Args:
        xp: the functions to compute with.
        xs: what :func:`after_past` returned, of ``count`` steps and T.
        count: N, how many steps are remembered.
        lengths: how many of the T steps of each example are no padding ``(B,)``; None for all.

    Returns:
        The last steps that are no padding, ``(B, N, ...)``.
    """
    if lengths is None:
        return turned(xp, xs[xs.shape[0] - count :])
    index = beside(xp.arange(count, like=lengths)[:, None] + lengths, xs)
    index = xp.broadcast_to(index, (count, *xs.shape[1:]))
    return turned(xp, xp.take_along_axis(xs, index, axis=0))


def turned(xp: Namespace, xs: Array) -> Array:
    """Return an array with its first two axes in each other's place."""
    return xp.permute_dims(xs, (1, 0, *range(2, xs.ndim)))
