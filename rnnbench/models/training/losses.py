"""Losses, written once over ``xp``."""

from __future__ import annotations

from rnnbench.models.arrays.array_functions import Array, Namespace
from rnnbench.models.padding import beside


def mean_squared_error(
    xp: Namespace, outputs: Array, targets: Array, there: Array | None = None
) -> Array:
    """Mean (y - t)² over all entries; both of one shape. ``there`` is false at padding."""
    return mean(xp, xp.square(outputs - targets), there)


def cross_entropy(
    xp: Namespace, outputs: Array, targets: Array, there: Array | None = None
) -> Array:
    """Mean of log Σ exp y - y[t], in nats; logits ``(..., C)``, class indices ``(...)``."""
    logarithms = xp.log_softmax(outputs, axis=-1)
    return -mean(xp, xp.take_along_axis(logarithms, xp.expand_dims(targets, -1), axis=-1), there)


def bernoulli(xp: Namespace, outputs: Array, targets: Array, there: Array | None = None) -> Array:
    """Mean over steps of Σ_k log(1 + exp y_k) - y_k t_k, in nats; log-odds ``(..., O)``, 0 or 1.

    The negative log-likelihood of O events that are independent given the outputs.
    """
    # log(1 + exp y) as the softmax of two: it never overflows, and its slope has no corner at 0.
    both = xp.stack([xp.zeros_like(outputs), outputs], axis=-1)
    softplus = -xp.log_softmax(both, axis=-1)[..., 0]
    return mean(xp, xp.sum(softplus - outputs * targets, axis=-1, keepdims=True), there)


def mean(xp: Namespace, entries: Array, there: Array | None) -> Array:
    """Return the mean over the entries that are no padding."""
    if there is None:
        return xp.mean(entries)
    there, zeros = beside(there, entries), xp.zeros_like(entries)
    count = xp.sum(xp.where(there, xp.ones_like(entries), zeros))
    return xp.sum(xp.where(there, entries, zeros)) / count


LOSSES = {"mse": mean_squared_error, "cross-entropy": cross_entropy, "bernoulli": bernoulli}
