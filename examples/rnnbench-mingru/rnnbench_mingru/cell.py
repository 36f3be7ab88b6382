"""The minimal gated recurrent unit (Feng et al. 2024)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rnnbench import Array, Cell, Group, Namespace, Shapes, State


@dataclass(frozen=True)
class MinGRU(Cell):
    """minGRU in the form of the paper's equations, not the one in log-space.

        z = σ(x W_z + b_z)        h̃ = x W_h + b_h        h' = (1 - z) ⊙ h + z ⊙ h̃

    Feng, Tung, Ahmed, Bengio & Hajimirsadeghi, "Were RNNs all we needed?", arXiv 2410.01201.
    Neither gate nor candidate reads h: there is no matrix from hidden to hidden, and the recurrence
    is linear in h. The candidate has no nonlinearity. (For training in log-space the paper puts one
    around it that keeps it positive, which makes another function of it.)
    Parameters: ``w_x (2, I, H)``, ``b (2, H)``, gates in the order z h.
    """

    name: ClassVar[str] = "mingru"
    gates: ClassVar[tuple[str, ...]] = ("z", "h")

    def shapes(self, inputs: int, hidden: int) -> Shapes:
        """Return ``w_x (2, I, H)`` and ``b (2, H)``."""
        return {"w_x": (2, inputs, hidden), "b": (2, hidden)}

    def step(self, xp: Namespace, p: Group, x: Array, state: State) -> State:
        """Map ``x (B, I)`` and ``h (B, H)`` to the new ``h (B, H)``."""
        (h,) = state
        z, candidate = xp.unstack(x @ p["w_x"] + p["b"][:, None, :])  # (2, B, H)
        return (h + xp.sigmoid(z) * (candidate - h),)
