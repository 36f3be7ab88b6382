"""The core's namespace on JAX: ``jax.numpy``, mended where its signatures differ."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp
from jax import lax

from rnnbench import Derived

Array = jax.Array


class JaxNamespace(Derived):
    """:class:`~rnnbench.models.arrays.array_functions.Namespace` on JAX arrays, traced or not."""

    abs = staticmethod(jnp.abs)
    broadcast_to = staticmethod(jnp.broadcast_to)
    concat = staticmethod(jnp.concatenate)
    cos = staticmethod(jnp.cos)
    exp = staticmethod(jnp.exp)
    expand_dims = staticmethod(jnp.expand_dims)
    flip = staticmethod(jnp.flip)
    gelu = staticmethod(jax.nn.gelu)  # the form with tanh is its default
    log = staticmethod(jnp.log)
    log1p = staticmethod(jnp.log1p)
    log_softmax = staticmethod(jax.nn.log_softmax)
    matmul = staticmethod(jnp.matmul)
    maximum = staticmethod(jnp.maximum)
    minimum = staticmethod(jnp.minimum)
    ones_like = staticmethod(jnp.ones_like)
    permute_dims = staticmethod(jnp.permute_dims)
    relu = staticmethod(jax.nn.relu)
    reshape = staticmethod(jnp.reshape)
    sigmoid = staticmethod(jax.nn.sigmoid)
    sign = staticmethod(jnp.sign)
    sin = staticmethod(jnp.sin)
    softmax = staticmethod(jax.nn.softmax)
    sqrt = staticmethod(jnp.sqrt)
    square = staticmethod(jnp.square)
    squeeze = staticmethod(jnp.squeeze)
    stack = staticmethod(jnp.stack)
    stop_gradient = staticmethod(lax.stop_gradient)
    tanh = staticmethod(jnp.tanh)
    zeros_like = staticmethod(jnp.zeros_like)

    @staticmethod
    def arange(stop: int, like: Array) -> Array:
        """Numbers from 0."""
        return jnp.arange(stop, dtype=like.dtype)

    @staticmethod
    def max(x: Array, axis: int | None = None, keepdims: bool = False) -> Array:
        """The largest entry."""
        return jnp.max(x, axis=axis, keepdims=keepdims)

    @staticmethod
    def mean(x: Array, axis: int | None = None, keepdims: bool = False) -> Array:
        """Sum over count."""
        return jnp.mean(x, axis=axis, keepdims=keepdims)

    @staticmethod
    def one_hot(indices: Array, classes: int, like: Array) -> Array:
        """Rows of the identity matrix."""
        return jax.nn.one_hot(indices, classes, dtype=like.dtype)

    @staticmethod
    def sum(x: Array, axis: int | None = None, keepdims: bool = False) -> Array:
        """Sum of the entries."""
        return jnp.sum(x, axis=axis, keepdims=keepdims)

    @staticmethod
    def take(x: Array, indices: Array, axis: int = 0) -> Array:
        """Slices along ``axis``; JAX's own default is the flattened array."""
        return jnp.take(x, indices, axis=axis)

    @staticmethod
    def take_along_axis(x: Array, indices: Array, axis: int = -1) -> Array:
        """Entries along ``axis``."""
        return jnp.take_along_axis(x, indices, axis=axis)

    @staticmethod
    def unstack(x: Array, axis: int = 0) -> Sequence[Array]:
        """The slices of ``x`` along ``axis``."""
        return jnp.unstack(x, axis=axis)

    @staticmethod
    def where(condition: Array, x: Array, y: Array) -> Array:
        """``x`` where the condition holds, else ``y``."""
        return jnp.where(condition, x, y)

    @staticmethod
    def zeros(shape: tuple[int, ...], like: Array) -> Array:
        """Zeros of the dtype of ``like``."""
        return jnp.zeros(shape, like.dtype)
