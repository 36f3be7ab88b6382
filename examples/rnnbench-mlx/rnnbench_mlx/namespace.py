"""The core's namespace on MLX."""

from __future__ import annotations

from typing import Any

import mlx.core as mx

from rnnbench import Derived


class MlxNamespace(Derived):
    """MLX's own functions, which bear the names of the array API, and those that it lacks.

    What :class:`rnnbench.Derived` makes of others stays: MLX's of these names take other arguments.
    """

    def __getattr__(self, name: str) -> Any:
        """Return MLX's function for what is not written out."""
        return getattr(mx, name)

    @staticmethod
    def log_softmax(x: mx.array, axis: int = -1) -> mx.array:
        """MLX has the logarithm of the sum alone."""
        return x - mx.logsumexp(x, axis=axis, keepdims=True)

    @staticmethod
    def one_hot(indices: mx.array, classes: int, like: mx.array) -> mx.array:
        """Compare each index with all classes."""
        return (mx.expand_dims(indices, -1) == mx.arange(classes)).astype(like.dtype)

    @staticmethod
    def relu(x: mx.array) -> mx.array:
        """The one of ``mlx.nn`` is compiled, which is the other variant's affair."""
        return mx.maximum(x, 0)

    @staticmethod
    def unstack(x: mx.array, axis: int = 0) -> tuple[mx.array, ...]:
        """MLX takes the axis by name alone."""
        return mx.unstack(x, axis=axis)
