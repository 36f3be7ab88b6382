"""The variant ``cudnn``: cuDNN's LSTM through ``jax.experimental.rnn``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.experimental import rnn
from jax.experimental.layout import Layout as Order
from jax.experimental.layout import with_layout_constraint

from rnnbench import Layer, Recurrence, State, Unsupported

Array = jax.Array
#: The order in which cuDNN holds the gates.
GATES = ("i", "f", "g", "o")


def require_cudnn(device: str, dtype: str) -> None:
    """Refuse a device or a dtype that cuDNN's LSTM does not run on."""
    if device == "cpu":
        raise Unsupported("jax:cudnn needs a GPU")
    if dtype != "float32":
        raise Unsupported(f"jax:cudnn computes in float32 alone, not in {dtype}")


class CudnnRecurrence(Recurrence):
    """One LSTM layer in one vector ``w``: ``W_x (4·H, I)``, ``W_h (4·H, H)``, ``b (4·H,)``.

    cuDNN holds a second bias behind the first. It is redundant, and trained it would move their
    sum twice as far, so it is no parameter here: ``apply`` appends it as zeros. Sequences are
    batch-major in cuDNN; they are transposed on the way in and out, which is part of the cost.
    """

    kernel = "cuDNN"

    def __init__(self, layer: Layer, put: Callable[[Any], Any]) -> None:
        self.layer = layer
        self.put = put
        self.order = [layer.cell.gates.index(gate) for gate in GATES]

    def pack(self, params: dict[str, np.ndarray]) -> Any:
        """Lay the parameters end to end, outputs before inputs."""
        parts = [np.moveaxis(params[name][self.order], -1, 1) for name in ("w_x", "w_h", "b")]
        return self.put({"w": np.concatenate([part.ravel() for part in parts])})

    def unpack(self, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Cut the vector up again."""
        shapes = {name: self.layer.shapes[name] for name in ("w_x", "w_h", "b")}
        cuts = np.cumsum([np.prod(shape) for shape in shapes.values()])[:-1]
        back = np.argsort(self.order)
        return {
            name: np.moveaxis(part.reshape(shape[0], shape[-1], *shape[1:-1]), 1, -1)[back]
            for (name, shape), part in zip(shapes.items(), np.split(arrays["w"], cuts), strict=True)
        }

    def apply(
        self,
        params: Any,
        xs: Array,
        state: State,
        mask: Array | None = None,
        context: tuple[Array, ...] = (),
    ) -> tuple[Array, State]:
        """Run over ``xs (T, B, I)``."""
        steps, batch, inputs = xs.shape
        hidden = self.layer.hidden
        ys, h, c = rnn.lstm(
            row_major(xs.swapaxes(0, 1)),
            *(row_major(part[None]) for part in state),
            jnp.pad(params["w"], (0, len(GATES) * hidden)),
            jnp.full((batch,), steps, jnp.int32),
            inputs,
            hidden,
            1,  # layer
            0.0,  # dropout
            False,  # bidirectional
        )
        return row_major(ys).swapaxes(0, 1), (row_major(h)[0], row_major(c)[0])


def row_major(array: Array) -> Array:
    """Fix the order in memory, of ``array`` and of its gradient.

    ``rnn.lstm`` does not tell XLA that cuDNN reads and writes its arrays in this order: under
    ``jit`` XLA may turn the transposition beside it into another order, and the result is wrong.
    """
    fixed: Array = with_layout_constraint(array, Order(tuple(range(array.ndim))))
    return fixed
