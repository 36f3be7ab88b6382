"""The quasi-recurrent network (Bradbury et al. 2017)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from rnnbench import Array, Cell, Group, Namespace, Shapes, State


@dataclass(frozen=True)
class QRNN(Cell):
    """The QRNN with a filter of width 1 and fo-pooling.

        z = tanh(x W_z + b_z)        f = σ(x W_f + b_f)        o = σ(x W_o + b_o)
        c' = f ⊙ c + (1 - f) ⊙ z     h' = o ⊙ c'

    Bradbury, Merity, Xiong & Socher, "Quasi-recurrent neural networks", arXiv 1611.01576. No gate
    reads h or c: there is no matrix from hidden to hidden, and c is linear in the c before.
    Parameters: ``w_x (3, I, H)``, ``b (3, H)``, gates in the order z f o.
    """

    name: ClassVar[str] = "qrnn"
    gates: ClassVar[tuple[str, ...]] = ("z", "f", "o")
    state: ClassVar[tuple[str, ...]] = ("h", "c")
    hold: ClassVar[Mapping[str, int]] = {"f": 1}

    def shapes(self, inputs: int, hidden: int) -> Shapes:
        """Return ``w_x (3, I, H)`` and ``b (3, H)``."""
        return {"w_x": (3, inputs, hidden), "b": (3, hidden)}

    def step(self, xp: Namespace, p: Group, x: Array, state: State) -> State:
        """Map ``x (B, I)`` and ``h, c (B, H)`` to the new ``h, c``."""
        _, c = state
        z, f, o = xp.unstack(x @ p["w_x"] + p["b"][:, None, :])  # (3, B, H)
        z = xp.tanh(z)
        c = z + xp.sigmoid(f) * (c - z)
        return xp.sigmoid(o) * c, c
