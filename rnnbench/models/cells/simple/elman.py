"""The simple recurrent network (Elman 1990)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from rnnbench.models.arrays.array_functions import Array, Namespace, State
from rnnbench.models.cell import Cell, Group

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Elman(Cell):
    """h' = φ(x W_x + h W_h + b), with φ = tanh or relu.

    Elman, "Finding structure in time", Cognitive Science 14(2), 1990.
    Parameters: ``w_x (1, I, H)``, ``w_h (1, H, H)``, ``b (1, H)``.

    Attributes:
        activation: φ.
        recurrent: how ``w_h`` begins; ``identity`` with relu is the IRNN (Le, Jaitly & Hinton, "A
            simple way to initialize recurrent networks of rectified linear units", arXiv
            1504.00941).
    """

    name: ClassVar[str] = "elman"
    gates: ClassVar[tuple[str, ...]] = ("h",)

    activation: Literal["tanh", "relu"] = "tanh"
    recurrent: Literal["orthogonal", "identity"] = "orthogonal"

    def initial(self, rng: np.random.Generator, inputs: int, hidden: int) -> dict[str, np.ndarray]:
        """Draw the initial parameters, with ``w_h`` as :attr:`recurrent` says."""
        import numpy as np

        params = super().initial(rng, inputs, hidden)
        return params if self.recurrent == "orthogonal" else params | {"w_h": np.eye(hidden)[None]}

    def step(self, xp: Namespace, p: Group, x: Array, state: State) -> State:
        """Map ``x (B, I)`` and ``h (B, H)`` to the new ``h (B, H)``."""
        (h,) = state
        phi = xp.tanh if self.activation == "tanh" else xp.relu
        return (phi(x @ p["w_x"][0] + h @ p["w_h"][0] + p["b"][0]),)
