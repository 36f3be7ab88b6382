"""The array functions on NumPy, differentiable by the ``autograd`` package.

``autograd`` (Maclaurin et al. 2015) lacks the gradients of some functions and turns the float32
gradients of others into float64; those are defined here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import autograd.numpy as anp
import numpy as np
from autograd.extend import defvjp, primitive
from autograd.tracer import getval

from rnnbench.models.arrays.array_functions import Array
from rnnbench.models.arrays.derived import Derived
from rnnbench.oracle.gradients import stack, unbroadcast


@primitive  # type: ignore[untyped-decorator]
def _where(condition: Array, x: Array, y: Array) -> Array:
    return np.where(condition, x, y)


defvjp(
    _where,
    None,
    lambda ans, c, x, y: lambda g: unbroadcast(g * c, np.shape(x)),
    lambda ans, c, x, y: lambda g: unbroadcast(g * np.logical_not(c), np.shape(y)),
)


@primitive  # type: ignore[untyped-decorator]
def _take(x: Array, indices: Array, axis: int) -> Array:
    return np.take(x, indices, axis)


def _take_vjp(ans: Array, x: Array, indices: Array, axis: int) -> Callable[[Array], Array]:
    def vjp(g: Array) -> Array:
        total = np.zeros_like(x)
        axes = tuple(range(axis, axis + np.ndim(indices)))
        np.add.at(
            np.moveaxis(total, axis, 0), indices, np.moveaxis(g, axes, tuple(range(len(axes))))
        )
        return total

    return vjp


defvjp(_take, _take_vjp, argnums=(0,))


@primitive  # type: ignore[untyped-decorator]
def _take_along_axis(x: Array, indices: Array, axis: int) -> Array:
    return np.take_along_axis(x, indices, axis)


def _take_along_vjp(ans: Array, x: Array, indices: Array, axis: int) -> Callable[[Array], Array]:
    def vjp(g: Array) -> Array:
        total = np.zeros_like(x)
        where = list(np.indices(indices.shape, sparse=True))
        where[axis] = indices
        np.add.at(total, tuple(where), g)
        return total

    return vjp


defvjp(_take_along_axis, _take_along_vjp, argnums=(0,))


@primitive  # type: ignore[untyped-decorator]
def _sigmoid(x: Array) -> Array:
    return (np.tanh(x * 0.5) + 1) * 0.5  # overflows nowhere


defvjp(_sigmoid, lambda ans, x: lambda g: g * ans * (1 - ans))


@primitive  # type: ignore[untyped-decorator]
def _reverse_sequence(x: Array, lengths: Array) -> Array:
    steps = np.arange(len(x))[:, None]
    source = np.where(steps < lengths, lengths - 1 - steps, steps)
    return x[source, np.arange(x.shape[1])]


# It undoes itself, and so it is its own gradient.
defvjp(_reverse_sequence, lambda ans, x, n: lambda g: _reverse_sequence(g, n), argnums=(0,))


class NumpyNamespace(Derived):
    """The array functions on NumPy, differentiable by ``autograd``."""

    abs = staticmethod(anp.abs)
    concat = staticmethod(anp.concatenate)
    cos = staticmethod(anp.cos)
    exp = staticmethod(anp.exp)
    expand_dims = staticmethod(anp.expand_dims)
    log = staticmethod(anp.log)
    log1p = staticmethod(anp.log1p)
    matmul = staticmethod(anp.matmul)
    ones_like = staticmethod(anp.ones_like)
    permute_dims = staticmethod(anp.transpose)
    reshape = staticmethod(anp.reshape)
    reverse_sequence = staticmethod(_reverse_sequence)
    sigmoid = staticmethod(_sigmoid)
    sign = staticmethod(anp.sign)
    sin = staticmethod(anp.sin)
    sqrt = staticmethod(anp.sqrt)
    square = staticmethod(anp.square)
    squeeze = staticmethod(anp.squeeze)
    sum = staticmethod(anp.sum)
    tanh = staticmethod(anp.tanh)
    where = staticmethod(_where)
    zeros_like = staticmethod(anp.zeros_like)

    @staticmethod
    def arange(stop: int, like: Array) -> Array:
        """Numbers from 0."""
        return np.arange(stop, dtype=like.dtype)

    @staticmethod
    def broadcast_to(x: Array, shape: tuple[int, ...]) -> Array:
        """Repeat along axes; ``autograd`` has no gradient for new ones, but for new axes it has."""
        return anp.broadcast_to(x[(None,) * (len(shape) - x.ndim)], shape)

    @staticmethod
    def flip(x: Array, axis: int) -> Array:
        """Reverse by indexing: ``autograd`` has no gradient for ``flip``."""
        return x[(slice(None),) * (axis % x.ndim) + (slice(None, None, -1),)]

    @staticmethod
    def log_softmax(x: Array, axis: int = -1) -> Array:
        """log(exp(x) / Σ exp(x)), shifted so that nothing overflows."""
        shifted = x - NumpyNamespace.stop_gradient(anp.max(x, axis=axis, keepdims=True))
        return shifted - anp.log(anp.sum(anp.exp(shifted), axis=axis, keepdims=True))

    @staticmethod
    def max(x: Array, axis: int | None = None, keepdims: bool = False) -> Array:
        """The largest entry."""
        return anp.max(x, axis=axis, keepdims=keepdims)

    @staticmethod
    def maximum(x: Array, y: Array) -> Array:
        """The larger of two."""
        return _where(getval(x) >= getval(y), x, y)

    @staticmethod
    def minimum(x: Array, y: Array) -> Array:
        """The smaller of two."""
        return _where(getval(x) <= getval(y), x, y)

    @staticmethod
    def mean(x: Array, axis: int | None = None, keepdims: bool = False) -> Array:
        """Sum over count, which keeps the dtype of the gradient."""
        count = int(np.prod(x.shape)) if axis is None else x.shape[axis]
        return anp.sum(x, axis=axis, keepdims=keepdims) / count

    @staticmethod
    def one_hot(indices: Array, classes: int, like: Array) -> Array:
        """Rows of the identity matrix."""
        return np.eye(classes, dtype=like.dtype)[indices]

    @staticmethod
    def relu(x: Array) -> Array:
        """max(x, 0)."""
        return _where(getval(x) > 0, x, anp.zeros_like(x))

    @staticmethod
    def stack(arrays: Sequence[Array], axis: int = 0) -> Array:
        """Join along a new axis."""
        return stack(axis, *arrays)

    @staticmethod
    def stop_gradient(x: Array) -> Array:
        """The value alone."""
        while hasattr(x, "_value"):
            x = getval(x)
        return x

    @staticmethod
    def take(x: Array, indices: Array, axis: int = 0) -> Array:
        """Slices along ``axis``."""
        return _take(x, indices, axis % x.ndim)

    @staticmethod
    def take_along_axis(x: Array, indices: Array, axis: int = -1) -> Array:
        """Entries along ``axis``."""
        return _take_along_axis(x, indices, axis % x.ndim)

    @staticmethod
    def unstack(x: Array, axis: int = 0) -> Sequence[Array]:
        """The slices of ``x`` along ``axis``."""
        index = (slice(None),) * (axis % x.ndim)
        return [x[(*index, k)] for k in range(x.shape[axis])]

    @staticmethod
    def zeros(shape: tuple[int, ...], like: Array) -> Array:
        """Zeros of the dtype of ``like``."""
        return np.zeros(shape, dtype=like.dtype)
