"""The simple recurrent network (Elman 1990)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from rnnbench.models.cell import Cell, Group, State
from rnnbench.models.namespace import Array, Namespace


@dataclass(frozen=True)
class Elman(Cell):
    """h' = φ(x W_x + h W_h + b), with φ = tanh or relu.

    Elman, "Finding structure in time", Cognitive Science 14(2), 1990.
    Parameters: ``w_x (1, I, H)``, ``w_h (1, H, H)``, ``b (1, H)``.

    Attributes:
        activation: φ.
    """

    name: ClassVar[str] = "elman"
    gates: ClassVar[tuple[str, ...]] = ("h",)

    activation: Literal["tanh", "relu"] = "tanh"

    def step(self, xp: Namespace, p: Group, x: Array, state: State) -> State:
        """Map ``x (B, I)`` and ``h (B, H)`` to the new ``h (B, H)``."""
        (h,) = state
        phi = xp.tanh if self.activation == "tanh" else xp.relu
        return (phi(x @ p["w_x"][0] + h @ p["w_h"][0] + p["b"][0]),)
