"""Losses, written once over ``xp``."""

from __future__ import annotations

from rnnbench.models.arrays.array_functions import Array, Namespace
from rnnbench.models.padding import beside


def mean_squared_error(
    xp: Namespace,
    outputs: Array,
    targets: Array,
    there: Array | None = None,
    count: Array | float | None = None,
) -> Array:
    """Mean (y - t)² over all entries; both of one shape. ``there`` is false at padding.

    ``count`` is the number of targets that the mean is over, where these are a share of them.
    """
    return mean(xp, xp.square(outputs - targets), there, count)


def cross_entropy(
    xp: Namespace,
    outputs: Array,
    targets: Array,
    there: Array | None = None,
    count: Array | float | None = None,
) -> Array:
    """Mean of log Σ exp y - y[t], in nats; logits ``(..., C)``, class indices ``(...)``."""
    logarithms = xp.log_softmax(outputs, axis=-1)
    entries = xp.take_along_axis(logarithms, xp.expand_dims(targets, -1), axis=-1)
    return -mean(xp, entries, there, count)


def bernoulli(
    xp: Namespace,
    outputs: Array,
    targets: Array,
    there: Array | None = None,
    count: Array | float | None = None,
) -> Array:
    """Mean over steps of Σ_k log(1 + exp y_k) - y_k t_k, in nats; log-odds ``(..., O)``, 0 or 1.

    The negative log-likelihood of O events that are independent given the outputs.
    """
    # log(1 + exp y) as the softmax of two: it never overflows, and its slope has no corner at 0.
    both = xp.stack([xp.zeros_like(outputs), outputs], axis=-1)
    softplus = -xp.log_softmax(both, axis=-1)[..., 0]
    return mean(xp, xp.sum(softplus - outputs * targets, axis=-1, keepdims=True), there, count)


def mean(
    xp: Namespace, entries: Array, there: Array | None, count: Array | float | None = None
) -> Array:
    """Return the mean over the entries ``(..., O)`` that are no padding.

    With ``count`` it is their sum over that of so many targets: what they add to the mean of all.
    """
    if there is None:
        return xp.mean(entries) if count is None else xp.sum(entries) / (count * entries.shape[-1])
    there, zeros = beside(there, entries), xp.zeros_like(entries)
    if count is None:
        total = xp.sum(xp.where(there, xp.ones_like(entries), zeros))
    else:
        total = count * entries.shape[-1]
    return xp.sum(xp.where(there, entries, zeros)) / total


LOSSES = {"mse": mean_squared_error, "cross-entropy": cross_entropy, "bernoulli": bernoulli}
