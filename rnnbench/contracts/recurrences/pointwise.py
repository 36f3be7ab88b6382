"""The elementwise halves of Elman, LSTM and GRU, forward and backward, written over `xp`.

Every cell splits into products and an elementwise rest. With one step's products

    a = x W_x + b        r = h W_h

(``(B, G·H)``, the gates side by side) the rest is ``forward``, and ``backward`` is its derivative.
The products and the loop are the same for all cells: :mod:`rnnbench.contracts.recurrences.bptt`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from rnnbench.models.arrays.array_functions import Array, Namespace, State
from rnnbench.models.cell import Cell, Group
from rnnbench.models.cells.gated.gru import GRU
from rnnbench.models.cells.gated.lstm import LSTM
from rnnbench.models.cells.simple.elman import Elman


class Pointwise(ABC):
    """What one step does between its products.

    Methods work on the last axis, so that they take one step ``(B, ...)`` or all ``(T, B, ...)``.
    """

    #: The gates in the order in which they lie side by side.
    gates: ClassVar[tuple[str, ...]]

    def __init__(self, xp: Namespace) -> None:
        self.xp = xp

    @abstractmethod
    def forward(self, p: Group, a: Array, r: Array, before: State) -> tuple[State, State]:
        """Return the state after the step, and the gates that :meth:`backward` needs.

        Args:
            p: the parameters of the layer.
            a: the input's part ``(B, G·H)``.
            r: the recurrent part ``(B, G·H)``.
            before: the state before the step, ``(B, H)`` each.
        """

    @abstractmethod
    def backward(
        self, gates: State, before: State, after: State, d_after: State
    ) -> tuple[Array, State]:
        """Return the gradients of ``a`` and of what ``before`` does other than through ``r``.

        Args:
            gates: what :meth:`forward` returned.
            before: the state before the step.
            after: the state after the step.
            d_after: the gradient of the state after the step.
        """

    def recurrent(self, gates: State, d_a: Array) -> Array:
        """Return the gradient of ``r``, given that of ``a``."""
        return d_a

    def extra(self, d_r: Array) -> dict[str, Array]:
        """Return the gradients of parameters beside ``w_x``, ``w_h`` and ``b``.

        Args:
            d_r: the gradient of ``r`` in all steps, ``(T, B, G·H)``.
        """
        return {}


class PointwiseTanh(Pointwise):
    """h' = tanh(a + r), whose slope is 1 - h'²."""

    gates = ("h",)

    def forward(self, p: Group, a: Array, r: Array, before: State) -> tuple[State, State]:
        """Nothing is kept but the new state."""
        return (self.xp.tanh(a + r),), ()

    def backward(
        self, gates: State, before: State, after: State, d_after: State
    ) -> tuple[Array, State]:
        """The old state acts through the product alone."""
        (d,), (h,) = d_after, after
        return d * (1 - h * h), (self.xp.zeros_like(d),)


class PointwiseRelu(PointwiseTanh):
    """h' = max(a + r, 0), whose slope is 1 where h' > 0."""

    def forward(self, p: Group, a: Array, r: Array, before: State) -> tuple[State, State]:
        """Nothing is kept but the new state."""
        return (self.xp.relu(a + r),), ()

    def backward(
        self, gates: State, before: State, after: State, d_after: State
    ) -> tuple[Array, State]:
        """The old state acts through the product alone."""
        (d,), (h,), zero = d_after, after, self.xp.zeros_like(d_after[0])
        return self.xp.where(h > 0, d, zero), (zero,)


class PointwiseLSTM(Pointwise):
    """c' = f ⊙ c + i ⊙ g and h' = o ⊙ tanh(c')."""

    gates = ("i", "f", "o", "g")

    def forward(self, p: Group, a: Array, r: Array, before: State) -> tuple[State, State]:
        """Keep the activated gates."""
        i, f, o, g = parted(a + r, 4)
        i, f, o = self.xp.sigmoid(i), self.xp.sigmoid(f), self.xp.sigmoid(o)
        g = self.xp.tanh(g)
        c = f * before[1] + i * g
        return (o * self.xp.tanh(c), c), (i, f, o, g)

    def backward(
        self, gates: State, before: State, after: State, d_after: State
    ) -> tuple[Array, State]:
        """The old cell state acts through the forget gate."""
        i, f, o, g = gates
        d_h, d_c = d_after
        t = self.xp.tanh(after[1])
        d_c = d_c + d_h * o * (1 - t * t)
        d_i, d_f = d_c * g * i * (1 - i), d_c * before[1] * f * (1 - f)
        d_o, d_g = d_h * t * o * (1 - o), d_c * i * (1 - g * g)
        d_a = self.xp.concat([d_i, d_f, d_o, d_g], axis=-1)
        return d_a, (self.xp.zeros_like(d_h), d_c * f)


class PointwiseGRU(Pointwise):
    """h' = n + z ⊙ (h - n) with n = tanh(a_n + r ⊙ (r_n + b_hn))."""

    gates = ("r", "z", "n")

    def forward(self, p: Group, a: Array, r: Array, before: State) -> tuple[State, State]:
        """Keep the activated gates and the product that the reset gate scales."""
        (h,) = before
        a_r, a_z, a_n = parted(a, 3)
        r_r, r_z, r_n = parted(r, 3)
        reset, z = self.xp.sigmoid(a_r + r_r), self.xp.sigmoid(a_z + r_z)
        m = r_n + p["b_hn"]
        n = self.xp.tanh(a_n + reset * m)
        return (n + z * (h - n),), (reset, z, n, m)

    def backward(
        self, gates: State, before: State, after: State, d_after: State
    ) -> tuple[Array, State]:
        """The old state acts through the update gate."""
        reset, z, n, m = gates
        (d,) = d_after
        d_n = d * (1 - z) * (1 - n * n)
        d_z = d * (before[0] - n) * z * (1 - z)
        d_r = d_n * m * reset * (1 - reset)
        return self.xp.concat([d_r, d_z, d_n], axis=-1), (d * z,)

    def recurrent(self, gates: State, d_a: Array) -> Array:
        """The reset gate stands between the product and the candidate."""
        d_r, d_z, d_n = parted(d_a, 3)
        return self.xp.concat([d_r, d_z, d_n * gates[0]], axis=-1)

    def extra(self, d_r: Array) -> dict[str, Array]:
        """The bias inside the reset product."""
        return {"b_hn": self.xp.sum(self.xp.sum(parted(d_r, 3)[2], axis=0), axis=0)}


def pointwise(cell: Cell, xp: Namespace) -> Pointwise | None:
    """Return the elementwise half of ``cell``, or None where none is written."""
    # Exact types: a subclass may compute something else.
    if type(cell) is Elman:
        return PointwiseTanh(xp) if cell.activation == "tanh" else PointwiseRelu(xp)
    if type(cell) is LSTM:
        return PointwiseLSTM(xp)
    return PointwiseGRU(xp) if type(cell) is GRU else None


def parted(array: Array, count: int) -> tuple[Array, ...]:
    """Return ``count`` equal parts of the last axis."""
    width: Any = array.shape[-1] // count
    return tuple(array[..., k * width : (k + 1) * width] for k in range(count))
