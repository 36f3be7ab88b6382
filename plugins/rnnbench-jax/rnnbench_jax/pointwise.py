"""The elementwise halves of the cells that :mod:`rnnbench_jax.fused` runs, forward and backward.

Every cell splits into products and an elementwise rest. With one step's products

    a = x W_x + b        r = h W_h

(``(B, G·H)``, the gates side by side) the rest is ``forward``, and ``backward`` is its derivative.
The products, and the loop, are the same for all cells and are not here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import jax
import jax.numpy as jnp

from rnnbench import GRU, LSTM, Cell, Elman, State

Array = jax.Array


class Pointwise(ABC):
    """What one step does between its products.

    Methods work on the last axis, so that they take one step ``(B, ...)`` or all ``(T, B, ...)``.
    """

    #: The gates in the order in which they lie side by side.
    gates: ClassVar[tuple[str, ...]]

    @abstractmethod
    def forward(self, p: dict[str, Array], a: Array, r: Array, before: State) -> tuple[State, Any]:
        """Return the state after the step, and the gates that :meth:`backward` needs.

        Args:
            p: the parameters of the layer.
            a: the input's part ``(B, G·H)``.
            r: the recurrent part ``(B, G·H)``.
            before: the state before the step, ``(B, H)`` each.
        """

    @abstractmethod
    def backward(
        self, gates: Any, before: State, after: State, d_after: State
    ) -> tuple[Array, State]:
        """Return the gradients of ``a`` and of what ``before`` does other than through ``r``.

        Args:
            gates: what :meth:`forward` returned.
            before: the state before the step.
            after: the state after the step.
            d_after: the gradient of the state after the step.
        """

    def recurrent(self, gates: Any, d_a: Array) -> Array:
        """Return the gradient of ``r``, given that of ``a``."""
        return d_a

    def extra(self, d_r: Array) -> dict[str, Array]:
        """Return the gradients of parameters beside ``w_x``, ``w_h`` and ``b``.

        Args:
            d_r: the gradient of ``r`` in all steps, ``(T, B, G·H)``.
        """
        return {}


class ElmanTanh(Pointwise):
    """h' = tanh(a + r), whose slope is 1 - h'²."""

    gates = ("h",)

    def forward(self, p: dict[str, Array], a: Array, r: Array, before: State) -> tuple[State, Any]:
        """Nothing is kept but the new state."""
        return (jnp.tanh(a + r),), ()

    def backward(
        self, gates: Any, before: State, after: State, d_after: State
    ) -> tuple[Array, State]:
        """The old state acts through the product alone."""
        return d_after[0] * (1 - jnp.square(after[0])), (jnp.zeros_like(d_after[0]),)


class ElmanRelu(ElmanTanh):
    """h' = max(a + r, 0), whose slope is 1 where h' > 0."""

    def forward(self, p: dict[str, Array], a: Array, r: Array, before: State) -> tuple[State, Any]:
        """Nothing is kept but the new state."""
        return (jax.nn.relu(a + r),), ()

    def backward(
        self, gates: Any, before: State, after: State, d_after: State
    ) -> tuple[Array, State]:
        """The old state acts through the product alone."""
        (d,) = d_after
        return jnp.where(after[0] > 0, d, jnp.zeros_like(d)), (jnp.zeros_like(d),)


class PointwiseLSTM(Pointwise):
    """c' = f ⊙ c + i ⊙ g and h' = o ⊙ tanh(c')."""

    gates = ("i", "f", "o", "g")  # one sigmoid over three neighbours

    def forward(self, p: dict[str, Array], a: Array, r: Array, before: State) -> tuple[State, Any]:
        """Keep the activated gates."""
        i, f, o, g = jnp.split(a + r, 4, axis=-1)
        i, f, o = jax.nn.sigmoid(i), jax.nn.sigmoid(f), jax.nn.sigmoid(o)
        g = jnp.tanh(g)
        c = f * before[1] + i * g
        return (o * jnp.tanh(c), c), (i, f, o, g)

    def backward(
        self, gates: Any, before: State, after: State, d_after: State
    ) -> tuple[Array, State]:
        """The old cell state acts through the forget gate."""
        i, f, o, g = gates
        d_h, d_c = d_after
        t = jnp.tanh(after[1])
        d_c = d_c + d_h * o * (1 - t * t)
        d_a = jnp.concatenate(
            [
                d_c * g * i * (1 - i),
                d_c * before[1] * f * (1 - f),
                d_h * t * o * (1 - o),
                d_c * i * (1 - g * g),
            ],
            axis=-1,
        )
        return d_a, (jnp.zeros_like(d_h), d_c * f)


class PointwiseGRU(Pointwise):
    """h' = n + z ⊙ (h - n) with n = tanh(a_n + r ⊙ (r_n + b_hn))."""

    gates = ("r", "z", "n")

    def forward(self, p: dict[str, Array], a: Array, r: Array, before: State) -> tuple[State, Any]:
        """Keep the activated gates and the product that the reset gate scales."""
        (h,) = before
        a_r, a_z, a_n = jnp.split(a, 3, axis=-1)
        r_r, r_z, r_n = jnp.split(r, 3, axis=-1)
        reset, z = jax.nn.sigmoid(a_r + r_r), jax.nn.sigmoid(a_z + r_z)
        m = r_n + p["b_hn"]
        n = jnp.tanh(a_n + reset * m)
        return (n + z * (h - n),), (reset, z, n, m)

    def backward(
        self, gates: Any, before: State, after: State, d_after: State
    ) -> tuple[Array, State]:
        """The old state acts through the update gate."""
        reset, z, n, m = gates
        (d,) = d_after
        d_n = d * (1 - z) * (1 - n * n)
        d_z = d * (before[0] - n) * z * (1 - z)
        d_r = d_n * m * reset * (1 - reset)
        return jnp.concatenate([d_r, d_z, d_n], axis=-1), (d * z,)

    def recurrent(self, gates: Any, d_a: Array) -> Array:
        """The reset gate stands between the product and the candidate."""
        d_r, d_z, d_n = jnp.split(d_a, 3, axis=-1)
        return jnp.concatenate([d_r, d_z, d_n * gates[0]], axis=-1)

    def extra(self, d_r: Array) -> dict[str, Array]:
        """The bias inside the reset product."""
        return {"b_hn": jnp.split(d_r, 3, axis=-1)[2].sum((0, 1))}


def pointwise(cell: Cell) -> Pointwise | None:
    """Return the elementwise part of ``cell``, or None where none is written."""
    # Exact types: a subclass may compute something else.
    if type(cell) is Elman:
        return ElmanTanh() if cell.activation == "tanh" else ElmanRelu()
    if type(cell) is LSTM:
        return PointwiseLSTM()
    if type(cell) is GRU:
        return PointwiseGRU()
    return None
