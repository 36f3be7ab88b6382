"""The minimal GRU, linear in its state (Feng et al. 2024)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rnnbench.models.arrays.array_functions import Array, Namespace, State
from rnnbench.models.cell import Group, LinearCell, Shapes


@dataclass(frozen=True)
class MinGRU(LinearCell):
    """minGRU in the form of the paper's equations, not the one in log-space.

        z = σ(x W_z + b_z)        h̃ = x W_h + b_h        h' = (1 - z) ⊙ h + z ⊙ h̃

    Feng, Tung, Ahmed, Bengio & Hajimirsadeghi, "Were RNNs all we needed?", arXiv 2410.01201. No
    gate reads h, so that the recurrence is linear in it. (In log-space the paper keeps the
    candidate positive, which makes another function of it.)
    Parameters: ``w_x (2, I, H)``, ``b (2, H)``, gates in the order z h.
    """

    name: ClassVar[str] = "mingru"
    gates: ClassVar[tuple[str, ...]] = ("z", "h")

    def shapes(self, inputs: int, hidden: int) -> Shapes:
        """Return ``w_x (2, I, H)`` and ``b (2, H)``."""
        return {"w_x": (2, inputs, hidden), "b": (2, hidden)}

    def linear(self, xp: Namespace, p: Group, x: Array) -> tuple[State, State]:
        """Map ``x (N, I)`` to 1 - z and z ⊙ h̃, ``(N, H)`` each."""
        z, candidate = xp.unstack(x @ p["w_x"] + p["b"][:, None, :])  # (2, N, H)
        z = xp.sigmoid(z)
        return (1 - z,), (z * candidate,)
