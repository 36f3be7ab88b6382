"""Losses, written once over ``xp``."""

from __future__ import annotations

from rnnbench.models.namespace import Array, Namespace


def mean_squared_error(xp: Namespace, outputs: Array, targets: Array) -> Array:
    """Mean (y - t)² over all entries; both of one shape."""
    return xp.mean(xp.square(outputs - targets))


def cross_entropy(xp: Namespace, outputs: Array, targets: Array) -> Array:
    """Mean of log Σ exp y - y[t], in nats; logits ``(..., C)``, class indices ``(...)``."""
    logarithms = xp.log_softmax(outputs, axis=-1)
    return -xp.mean(xp.take_along_axis(logarithms, xp.expand_dims(targets, -1), axis=-1))


LOSSES = {"mse": mean_squared_error, "cross-entropy": cross_entropy}
