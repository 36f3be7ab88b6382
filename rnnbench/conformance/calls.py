"""A call of every function of the namespace, for the test kit to differentiate."""

from __future__ import annotations

from typing import Any

import numpy as np


def function_calls() -> dict[str, tuple[Any, list[np.ndarray]]]:
    """Return for each function of the namespace a call that reduces it to a scalar, and its arrays.

    Each call is ``call(xp, *arrays)``; no array has ties or points where a derivative jumps.
    """
    rng = np.random.default_rng(7)
    x, y = rng.standard_normal((3, 4)), rng.standard_normal((3, 4))
    positive, weights = np.exp(x), rng.standard_normal((3, 4))
    cube = rng.standard_normal((2, 3, 4))
    steps, lengths = np.array([[4, 1], [0, 2]]), np.array([1, 2, 2])
    rows, columns = np.array([[0, 2], [2, 1]]), np.array([[1, 1], [0, 3], [2, 2]])

    def weighted(xp: Any, result: Any, like: Any) -> Any:
        flat = xp.reshape(result, (-1,))
        # Unequal weights tell a right gradient from a transposed one.
        ramp = xp.reshape(xp.concat([like] * 3), (-1,))[: flat.shape[0]]
        return xp.sum(flat * xp.stop_gradient(ramp)) + xp.sum(like * like)

    def unary(name: str) -> Any:
        return lambda xp, a, w: weighted(xp, getattr(xp, name)(a), w)

    def binary(name: str) -> Any:
        return lambda xp, a, b, w: weighted(xp, getattr(xp, name)(a, b), w)

    calls: dict[str, tuple[Any, list[np.ndarray]]] = {
        name: (unary(name), [x, weights])
        for name in [
            "abs",
            "cos",
            "exp",
            "ones_like",
            "relu",
            "sigmoid",
            "sign",
            "sin",
            "square",
            "tanh",
            "zeros_like",
        ]
    }
    calls |= {name: (unary(name), [positive, weights]) for name in ("log", "log1p", "sqrt")}
    calls |= {name: (binary(name), [x, y, weights]) for name in ("maximum", "minimum")}
    calls |= {
        name: (
            lambda xp, a, w, name=name: (
                weighted(xp, getattr(xp, name)(a, axis=0), w)
                + weighted(xp, getattr(xp, name)(a, axis=-1, keepdims=True), w)
                + getattr(xp, name)(a)
            ),
            [x, weights],
        )
        for name in ("max", "mean", "sum")
    }
    calls |= {
        "arange": (
            lambda xp, a, i, w: (
                weighted(xp, a * xp.arange(4, like=a), w)
                + weighted(xp, xp.where(xp.arange(2, like=i) < i, a[:2, :2], w[1:, ::2]), w)
            ),
            [x, steps, weights],
        ),
        "broadcast_to": (
            lambda xp, a, w: (
                weighted(xp, xp.broadcast_to(a[:1], (3, 4)), w)
                + weighted(xp, xp.broadcast_to(a[1], (2, 3, 4)), w)
            ),
            [x, weights],
        ),
        "concat": (
            lambda xp, a, b, w: weighted(xp, xp.concat([a, b], axis=-1), w),
            [x, y, weights],
        ),
        "expand_dims": (
            lambda xp, a, w: weighted(xp, xp.expand_dims(a, 1) * xp.expand_dims(a, -1)[:, :3], w),
            [x, weights],
        ),
        "flip": (lambda xp, a, w: weighted(xp, xp.flip(a, axis=1), w), [x, weights]),
        "gelu": (lambda xp, a, w: weighted(xp, xp.gelu(a), w), [x, weights]),
        "layer_norm": (
            lambda xp, a, b, w: (
                weighted(xp, xp.layer_norm(a, b[0], w[0]), w)
                + weighted(xp, xp.layer_norm(a, b[1], w[1], epsilon=0.1), w)
            ),
            [x, y, weights],
        ),
        "log_softmax": (
            lambda xp, a, w: (
                weighted(xp, xp.log_softmax(a, axis=0), w)
                + weighted(xp, xp.log_softmax(100.0 * a), w)
            ),
            [x, weights],
        ),
        "matmul": (
            lambda xp, a, b, w: (
                weighted(xp, xp.matmul(a, xp.permute_dims(b, (0, 2, 1))), w)
                + weighted(xp, xp.matmul(a, b[0, 0]), w)
            ),
            [x, cube, weights],
        ),
        "one_hot": (
            lambda xp, a, i, w: weighted(xp, xp.one_hot(i, 3, like=a) @ a, w),
            [x, rows, weights],
        ),
        "permute_dims": (
            lambda xp, a, w: weighted(xp, xp.permute_dims(a, (2, 0, 1))[1:], w),
            [cube, weights],
        ),
        "reshape": (lambda xp, a, w: weighted(xp, xp.reshape(a, (2, 6))[:, ::2], w), [x, weights]),
        "reverse_sequence": (
            lambda xp, a, n, w: (
                weighted(xp, xp.reverse_sequence(a, n), w)
                + weighted(xp, xp.reverse_sequence(a[..., 0], n), w)
            ),
            [cube, lengths, weights],
        ),
        "softmax": (
            lambda xp, a, w: (
                weighted(xp, xp.softmax(a, axis=0), w) + weighted(xp, xp.softmax(100.0 * a), w)
            ),
            [x, weights],
        ),
        "squeeze": (
            lambda xp, a, w: weighted(xp, xp.squeeze(a[:, 1:2], axis=1), w),
            [x, weights],
        ),
        "stack": (lambda xp, a, b, w: weighted(xp, xp.stack([a, b], axis=1), w), [x, y, weights]),
        "stop_gradient": (
            lambda xp, a, w: weighted(xp, a * xp.stop_gradient(a), w),
            [x, weights],
        ),
        "take": (
            lambda xp, a, i, w: (
                weighted(xp, xp.take(a, i, axis=0), w) + weighted(xp, xp.take(a, i[0], axis=1), w)
            ),
            [x, rows, weights],
        ),
        "take_along_axis": (
            lambda xp, a, i, w: weighted(xp, xp.take_along_axis(a, i, axis=-1), w),
            [x, columns, weights],
        ),
        "unstack": (
            lambda xp, a, w: weighted(xp, xp.unstack(a, axis=1)[2] * xp.unstack(a)[0][0], w),
            [x, weights],
        ),
        "where": (
            lambda xp, a, b, w: (
                weighted(xp, xp.where(a > b, a, b * b), w)
                + weighted(xp, xp.where((a > b) & (a > 0) | (b > 1), a, b), w)
            ),
            [x, y, weights],
        ),
        "zeros": (
            lambda xp, a, w: weighted(
                xp, a + xp.concat([xp.zeros((3, 1), like=a), a[:, 1:]], 1), w
            ),
            [x, weights],
        ),
    }
    return calls


CALLS = function_calls()
