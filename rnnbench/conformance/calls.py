"""A call of every function of the namespace, for the test kit to differentiate.

Each is ``call(xp, *arrays)``, which reduces to a scalar, and its arrays; none of these has ties or
points where a derivative jumps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

Call: TypeAlias = tuple[Callable[..., Any], list[np.ndarray]]

_RNG = np.random.default_rng(7)
X, Y = _RNG.standard_normal((3, 4)), _RNG.standard_normal((3, 4))
POSITIVE, WEIGHTS = np.exp(X), _RNG.standard_normal((3, 4))
CUBE = _RNG.standard_normal((2, 3, 4))
STEPS, LENGTHS = np.array([[4, 1], [0, 2]]), np.array([1, 2, 2])
ROWS, COLUMNS = np.array([[0, 2], [2, 1]]), np.array([[1, 1], [0, 3], [2, 2]])


def weighted(xp: Any, result: Any, like: Any) -> Any:
    """Return a sum with unequal weights, which tell a right gradient from a transposed one."""
    flat = xp.reshape(result, (-1,))
    ramp = xp.reshape(xp.concat([like] * 3), (-1,))[: flat.shape[0]]
    return xp.sum(flat * xp.stop_gradient(ramp)) + xp.sum(like * like)


def unary(name: str) -> Callable[..., Any]:
    """Return a call of a function of one array."""
    return lambda xp, a, w: weighted(xp, getattr(xp, name)(a), w)


def binary(name: str) -> Callable[..., Any]:
    """Return a call of a function of two arrays."""
    return lambda xp, a, b, w: weighted(xp, getattr(xp, name)(a, b), w)


def reduction(name: str) -> Callable[..., Any]:
    """Return calls of a reduction: along the first axis, along the last, and over all."""
    return lambda xp, a, w: (
        weighted(xp, getattr(xp, name)(a, axis=0), w)
        + weighted(xp, getattr(xp, name)(a, axis=-1, keepdims=True), w)
        + getattr(xp, name)(a)
    )


#: Functions of each entry alone.
SMOOTH = ("abs", "cos", "exp", "gelu", "relu", "sigmoid", "sign", "sin", "square", "tanh")
ELEMENTWISE: dict[str, Call] = {
    **{name: (unary(name), [X, WEIGHTS]) for name in (*SMOOTH, "ones_like", "zeros_like")},
    **{name: (unary(name), [POSITIVE, WEIGHTS]) for name in ("log", "log1p", "sqrt")},
    **{name: (binary(name), [X, Y, WEIGHTS]) for name in ("maximum", "minimum")},
    "stop_gradient": (
        lambda xp, a, w: weighted(xp, a * xp.stop_gradient(a), w),
        [X, WEIGHTS],
    ),
}
#: Other shapes of the same entries, and arrays made like others.
SHAPES: dict[str, Call] = {
    "arange": (
        lambda xp, a, i, w: (
            weighted(xp, a * xp.arange(4, like=a), w)
            + weighted(xp, xp.where(xp.arange(2, like=i) < i, a[:2, :2], w[1:, ::2]), w)
        ),
        [X, STEPS, WEIGHTS],
    ),
    "broadcast_to": (
        lambda xp, a, w: (
            weighted(xp, xp.broadcast_to(a[:1], (3, 4)), w)
            + weighted(xp, xp.broadcast_to(a[1], (2, 3, 4)), w)
        ),
        [X, WEIGHTS],
    ),
    "concat": (
        lambda xp, a, b, w: weighted(xp, xp.concat([a, b], axis=-1), w),
        [X, Y, WEIGHTS],
    ),
    "expand_dims": (
        lambda xp, a, w: weighted(xp, xp.expand_dims(a, 1) * xp.expand_dims(a, -1)[:, :3], w),
        [X, WEIGHTS],
    ),
    "flip": (lambda xp, a, w: weighted(xp, xp.flip(a, axis=1), w), [X, WEIGHTS]),
    "permute_dims": (
        lambda xp, a, w: weighted(xp, xp.permute_dims(a, (2, 0, 1))[1:], w),
        [CUBE, WEIGHTS],
    ),
    "reshape": (lambda xp, a, w: weighted(xp, xp.reshape(a, (2, 6))[:, ::2], w), [X, WEIGHTS]),
    "reverse_sequence": (
        lambda xp, a, n, w: (
            weighted(xp, xp.reverse_sequence(a, n), w)
            + weighted(xp, xp.reverse_sequence(a[..., 0], n), w)
        ),
        [CUBE, LENGTHS, WEIGHTS],
    ),
    "squeeze": (
        lambda xp, a, w: weighted(xp, xp.squeeze(a[:, 1:2], axis=1), w),
        [X, WEIGHTS],
    ),
    "stack": (lambda xp, a, b, w: weighted(xp, xp.stack([a, b], axis=1), w), [X, Y, WEIGHTS]),
    "unstack": (
        lambda xp, a, w: weighted(xp, xp.unstack(a, axis=1)[2] * xp.unstack(a)[0][0], w),
        [X, WEIGHTS],
    ),
    "zeros": (
        lambda xp, a, w: weighted(xp, a + xp.concat([xp.zeros((3, 1), like=a), a[:, 1:]], 1), w),
        [X, WEIGHTS],
    ),
}
#: Entries that are picked by number or by condition.
CHOICES: dict[str, Call] = {
    "one_hot": (
        lambda xp, a, i, w: weighted(xp, xp.one_hot(i, 3, like=a) @ a, w),
        [X, ROWS, WEIGHTS],
    ),
    "take": (
        lambda xp, a, i, w: (
            weighted(xp, xp.take(a, i, axis=0), w) + weighted(xp, xp.take(a, i[0], axis=1), w)
        ),
        [X, ROWS, WEIGHTS],
    ),
    "take_along_axis": (
        lambda xp, a, i, w: weighted(xp, xp.take_along_axis(a, i, axis=-1), w),
        [X, COLUMNS, WEIGHTS],
    ),
    "where": (
        lambda xp, a, b, w: (
            weighted(xp, xp.where(a > b, a, b * b), w)
            + weighted(xp, xp.where((a > b) & (a > 0) | (b > 1), a, b), w)
        ),
        [X, Y, WEIGHTS],
    ),
}
#: What mixes the entries along an axis.
OVER_AXES: dict[str, Call] = {
    **{name: (reduction(name), [X, WEIGHTS]) for name in ("max", "mean", "sum")},
    "layer_norm": (
        lambda xp, a, b, w: (
            weighted(xp, xp.layer_norm(a, b[0], w[0]), w)
            + weighted(xp, xp.layer_norm(a, b[1], w[1], epsilon=0.1), w)
        ),
        [X, Y, WEIGHTS],
    ),
    "log_softmax": (
        lambda xp, a, w: (
            weighted(xp, xp.log_softmax(a, axis=0), w) + weighted(xp, xp.log_softmax(100.0 * a), w)
        ),
        [X, WEIGHTS],
    ),
    "matmul": (
        lambda xp, a, b, w: (
            weighted(xp, xp.matmul(a, xp.permute_dims(b, (0, 2, 1))), w)
            + weighted(xp, xp.matmul(a, b[0, 0]), w)
        ),
        [X, CUBE, WEIGHTS],
    ),
    "softmax": (
        lambda xp, a, w: (
            weighted(xp, xp.softmax(a, axis=0), w) + weighted(xp, xp.softmax(100.0 * a), w)
        ),
        [X, WEIGHTS],
    ),
}

CALLS: dict[str, Call] = ELEMENTWISE | SHAPES | CHOICES | OVER_AXES
