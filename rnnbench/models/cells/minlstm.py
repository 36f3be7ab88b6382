"""The minimal LSTM, linear in its state (Feng et al. 2024)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rnnbench.models.arrays.namespace import Array, Namespace, State
from rnnbench.models.cell import Cell, Group, Shapes


@dataclass(frozen=True)
class MinLSTM(Cell):
    """minLSTM in the form of the paper's equations, not the one in log-space.

        f = σ(x W_f + b_f)        i = σ(x W_i + b_i)        g = x W_g + b_g
        h' = f / (f + i) ⊙ h + i / (f + i) ⊙ g

    Feng, Tung, Ahmed, Bengio & Hajimirsadeghi, "Were RNNs all we needed?", arXiv 2410.01201. No
    gate reads h, so that the recurrence is linear in it.
    Parameters: ``w_x (3, I, H)``, ``b (3, H)``, gates in the order f i g.
    """

    name: ClassVar[str] = "minlstm"
    gates: ClassVar[tuple[str, ...]] = ("f", "i", "g")

    def shapes(self, inputs: int, hidden: int) -> Shapes:
        """Return ``w_x (3, I, H)`` and ``b (3, H)``."""
        return {"w_x": (3, inputs, hidden), "b": (3, hidden)}

    def step(self, xp: Namespace, p: Group, x: Array, state: State) -> State:
        """Map ``x (B, I)`` and ``h (B, H)`` to the new ``h (B, H)``."""
        (h,) = state
        f, i, g = xp.unstack(x @ p["w_x"] + p["b"][:, None, :])  # (G, B, H)
        f, i = xp.sigmoid(f), xp.sigmoid(i)
        return ((f * h + i * g) / (f + i),)
