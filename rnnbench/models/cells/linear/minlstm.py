"""The minimal LSTM, linear in its state (Feng et al. 2024)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rnnbench.models.arrays.array_functions import Array, Namespace, State
from rnnbench.models.cell import Group, LinearCell, Shapes


@dataclass(frozen=True)
class MinLSTM(LinearCell):
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

    def linear(self, xp: Namespace, p: Group, x: Array) -> tuple[State, State]:
        """Map ``x (N, I)`` to f / (f + i) and i / (f + i) ⊙ g, ``(N, H)`` each."""
        f, i, g = xp.unstack(x @ p["w_x"] + p["b"][:, None, :])  # (G, N, H)
        f, i = xp.sigmoid(f), xp.sigmoid(i)
        return (f / (f + i),), (i / (f + i) * g,)
