"""The independently recurrent network (Li et al. 2018)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rnnbench.models.arrays.array_functions import Array, Namespace, State
from rnnbench.models.cell import Cell, Group, Shapes

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class IndRNN(Cell):
    """h' = max(x W_x + u ⊙ h + b, 0): each unit remembers itself alone.

    Li et al., "Independently recurrent neural network (IndRNN): building a longer and deeper RNN",
    CVPR 2018, eq. 2. Units see each other through the next layer.
    Parameters: ``w_x (1, I, H)``, ``b (1, H)`` and ``u (H,)``, uniform from 0 to 1 at first.
    """

    name: ClassVar[str] = "indrnn"
    gates: ClassVar[tuple[str, ...]] = ("h",)

    def shapes(self, inputs: int, hidden: int) -> Shapes:
        """Return ``w_x (1, I, H)``, ``u (H,)`` and ``b (1, H)``."""
        return {"w_x": (1, inputs, hidden), "u": (hidden,), "b": (1, hidden)}

    def initial(self, rng: np.random.Generator, inputs: int, hidden: int) -> dict[str, np.ndarray]:
        """Draw the initial parameters."""
        return super().initial(rng, inputs, hidden) | {"u": rng.uniform(0, 1, hidden)}

    def step(self, xp: Namespace, p: Group, x: Array, state: State) -> State:
        """Map ``x (B, I)`` and ``h (B, H)`` to the new ``h (B, H)``."""
        (h,) = state
        return (xp.relu(x @ p["w_x"][0] + p["u"] * h + p["b"][0]),)
