"""Gradients of the commonest operations that NumPy computes itself, for ``autograd``.

``autograd`` writes its gradients in its own wrapped functions. The oracle differentiates thousands
of small operations a step, and there the wrappers take longer than the arrays. These are the same
gradients in methods and operators, which plain arrays have, and traced ones too: where a gradient
is differentiated once more it is still traced.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd.extend import SparseObject, defvjp, defvjp_argnums, primitive, vspace
from autograd.numpy.numpy_boxes import ArrayBox
from autograd.numpy.numpy_vjps import matmul_vjp_0, matmul_vjp_1

from rnnbench.models.arrays.array_functions import Array

#: From the gradient by a result to that by an argument.
Pulled = Callable[[Array], Array]


def define() -> None:
    """Put these gradients in place of those that ``autograd`` has."""
    defvjp(anp.add, lambda ans, x, y: _pulled(ans, x), lambda ans, x, y: _pulled(ans, y))
    defvjp(
        anp.subtract,
        lambda ans, x, y: _pulled(ans, x),
        lambda ans, x, y: _pulled(ans, y, lambda g: -g),
    )
    defvjp(
        anp.multiply,
        lambda ans, x, y: _pulled(ans, x, lambda g: g * y),
        lambda ans, x, y: _pulled(ans, y, lambda g: g * x),
    )
    defvjp(anp.tanh, lambda ans, x: lambda g: g * (1 - ans * ans))
    defvjp(anp.matmul, _by_left, _by_right)
    defvjp(ArrayBox.__getitem__, lambda ans, x, index: lambda g: _placed(g, index, vspace(x)))


def unbroadcast(gradient: Array, shape: tuple[int, ...]) -> Array:
    """Sum ``gradient`` over the axes along which an argument of a shape was broadcast."""
    extra = gradient.ndim - len(shape)
    if extra:
        gradient = gradient.sum(axis=tuple(range(extra)))
    stretched = tuple(k for k, n in enumerate(shape) if n == 1 != gradient.shape[k])
    return gradient.sum(axis=stretched, keepdims=True) if stretched else gradient


def _same(gradient: Array) -> Array:
    return gradient


def _pulled(ans: Array, x: Array, how: Pulled = _same) -> Pulled:
    """Return how a gradient comes to an argument that may have been broadcast."""
    shape = np.shape(x)
    return how if shape == ans.shape else lambda g: unbroadcast(how(g), shape)


def _by_left(ans: Array, x: Array, y: Array) -> Pulled:
    if np.ndim(x) < 2 or np.ndim(y) < 2:
        vector: Pulled = matmul_vjp_0(ans, x, y)
        return vector
    return lambda g: unbroadcast(g @ y.swapaxes(-1, -2), x.shape)


def _by_right(ans: Array, x: Array, y: Array) -> Pulled:
    if np.ndim(x) < 2 or np.ndim(y) < 2:
        vector: Pulled = matmul_vjp_1(ans, x, y)
        return vector
    return lambda g: unbroadcast(x.swapaxes(-1, -2) @ g, y.shape)


@primitive  # type: ignore[untyped-decorator]
def _placed(gradient: Array, index: Any, space: Any) -> SparseObject:
    """Return what adds a gradient where it was taken from, in place."""

    def add(total: Array) -> Array:
        if _takes_each_once(index):
            total[index] += gradient
        else:
            np.add.at(total, index, gradient)
        return total

    return SparseObject(space, add)


defvjp(_placed, lambda ans, x, index, space: lambda g: g[index])


def _takes_each_once(index: Any) -> bool:
    """Return whether an index is made of numbers and slices, so that it takes no entry twice."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(part is None or isinstance(part, int | slice) for part in parts)


@primitive  # type: ignore[untyped-decorator]
def stack(axis: int, *arrays: Array) -> Array:
    """Join arrays along a new axis, in one node; by ``concatenate`` it is two for each of them."""
    return np.stack(arrays, axis)


def _stack_gradients(argnums: Any, ans: Array, arguments: Any, options: Any) -> Callable[..., Any]:
    before = (slice(None),) * (arguments[0] % ans.ndim)
    return lambda g: [g[(*before, number - 1)] for number in argnums]


defvjp_argnums(stack, _stack_gradients)


@primitive  # type: ignore[untyped-decorator]
def parameter(origin: float, array: Array, tell: Callable[[Array], None]) -> Array:
    """Return an array that is differentiated by, as one that comes from the number ``origin``.

    That is what is traced; the gradient by the array is told on the way back to it. Were it a dict
    of all arrays instead, each that is taken out would have zeros made for all the others.
    """
    return array


def _told(ans: Array, origin: float, array: Array, tell: Callable[[Array], None]) -> Pulled:
    def pulled(gradient: Array) -> float:
        tell(gradient)
        return 0.0

    return pulled


defvjp(parameter, _told)
define()
