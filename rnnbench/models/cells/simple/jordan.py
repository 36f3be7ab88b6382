"""The sequential network of Jordan (1986), whose own output comes back as a further input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rnnbench.models.arrays.array_functions import Array, Namespace, State
from rnnbench.models.cell import Cell, Group, Shapes

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Jordan(Cell):
    """h = tanh(x W_x + y W_h + b) and y' = h W_y + b_y; what is remembered is the output y.

    Jordan, "Serial order: a parallel distributed processing approach", Technical Report 8604,
    University of California, San Diego, 1986. Of the decay of the state units there is none, and y
    has as many units as h, so that layers can be stacked.
    Parameters: ``w_x (1, I, H)``, ``w_h (1, H, H)``, ``b (1, H)``, ``w_y (1, H, H)``, ``b_y (H,)``.
    """

    name: ClassVar[str] = "jordan"
    gates: ClassVar[tuple[str, ...]] = ("h",)
    state: ClassVar[tuple[str, ...]] = ("y",)

    def shapes(self, inputs: int, hidden: int) -> Shapes:
        """Return the usual shapes, ``w_y (1, H, H)`` and ``b_y (H,)``."""
        return super().shapes(inputs, hidden) | {"w_y": (1, hidden, hidden), "b_y": (hidden,)}

    def initial(self, rng: np.random.Generator, inputs: int, hidden: int) -> dict[str, np.ndarray]:
        """Draw the initial parameters, ``w_y`` Glorot-uniform."""
        from rnnbench.models.initializers import glorot

        params = super().initial(rng, inputs, hidden)
        return params | {"w_y": glorot(rng, params["w_y"].shape)}

    def step(self, xp: Namespace, p: Group, x: Array, state: State) -> State:
        """Map ``x (B, I)`` and ``y (B, H)`` to the new ``y (B, H)``."""
        (y,) = state
        h = xp.tanh(x @ p["w_x"][0] + y @ p["w_h"][0] + p["b"][0])
        return (h @ p["w_y"][0] + p["b_y"],)
