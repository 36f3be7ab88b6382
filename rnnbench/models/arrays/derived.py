"""Array functions in terms of others, for a backend that has nothing better."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from rnnbench.models.arrays.array_functions import FUNCTIONS, Array, Namespace


class Derived:
    """Functions of :class:`~rnnbench.Namespace` in terms of the others.

    A backend's namespace is derived from it, and overrides what its framework does better.
    """

    if TYPE_CHECKING:  # the other functions are those of the class derived from this one

        def __getattr__(self, name: str) -> Any: ...

    def arange(self, stop: int, like: Array) -> Array:
        """Count: one number after the other."""
        zero = self.zeros((), like)
        return self.stack([zero + k for k in range(stop)])

    def gelu(self, x: Array) -> Array:
        """x/2 (1 + tanh(√(2/π) (x + 0.044715 x³)))."""
        inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)
        return 0.5 * x * (1 + self.tanh(inner))

    def layer_norm(self, x: Array, gain: Array, bias: Array, epsilon: float = 1e-5) -> Array:
        """(x - mean) / sqrt(variance + ε) gain + bias, over the last axis."""
        centred = x - self.mean(x, axis=-1, keepdims=True)
        variance = self.mean(self.square(centred), axis=-1, keepdims=True)
        return centred / self.sqrt(variance + epsilon) * gain + bias

    def reverse_sequence(self, x: Array, lengths: Array) -> Array:
        """Take each step from where it comes from; padding from itself."""
        steps = self.arange(x.shape[0], lengths)[:, None]
        source = self.where(steps < lengths, lengths - 1 - steps, steps + 0 * lengths)
        source = self.reshape(source, (*source.shape, *[1] * (x.ndim - 2)))
        return self.take_along_axis(x, self.broadcast_to(source, tuple(x.shape)), axis=0)

    def softmax(self, x: Array, axis: int = -1) -> Array:
        """exp(x) / Σ exp(x), shifted so that nothing overflows."""
        raised = self.exp(x - self.stop_gradient(self.max(x, axis=axis, keepdims=True)))
        return raised / self.sum(raised, axis=axis, keepdims=True)

    def zeros(self, shape: tuple[int, ...], like: Array) -> Array:
        """A zero, broadcast."""
        return self.broadcast_to(self.sum(self.zeros_like(like)), shape)


class Completed(Derived):
    """A namespace that lacks some functions, and these by way of the others."""

    def __init__(self, xp: Any) -> None:
        for name in FUNCTIONS:
            if hasattr(xp, name):
                setattr(self, name, getattr(xp, name))


def completed(xp: Any) -> Namespace:
    """Return a namespace with all functions, those that it lacks derived from the others.

    So one stays valid that was written when the list was shorter.
    """
    whole: Namespace = xp if all(hasattr(xp, name) for name in FUNCTIONS) else Completed(xp)
    return whole
