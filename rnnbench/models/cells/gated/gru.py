"""The gated recurrent unit (Cho et al. 2014) in its reset-after form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from rnnbench.models.arrays.array_functions import Array, Namespace, State
from rnnbench.models.cell import Cell, Group, Shapes


@dataclass(frozen=True)
class GRU(Cell):
    """The GRU whose reset gate acts after the recurrent product, as in torch, cuDNN and Keras.

        r = σ(x W_xr + h W_hr + b_r)        z = σ(x W_xz + h W_hz + b_z)
        n = tanh(x W_xn + b_n + r ⊙ (h W_hn + b_hn))
        h' = (1 - z) ⊙ n + z ⊙ h

    Cho et al., "Learning phrase representations using RNN encoder-decoder", arXiv 1406.1078;
    this form: version 1 of that paper, and Appleyard et al., arXiv 1604.01946.
    Parameters: ``w_x (3, I, H)``, ``w_h (3, H, H)``, ``b (3, H)``, ``b_hn (H,)``, gates r z n.
    """

    name: ClassVar[str] = "gru"
    gates: ClassVar[tuple[str, ...]] = ("r", "z", "n")
    hold: ClassVar[Mapping[str, int]] = {"z": 1}

    def shapes(self, inputs: int, hidden: int) -> Shapes:
        """Return the usual shapes and ``b_hn (H,)``, the bias inside the reset product."""
        return super().shapes(inputs, hidden) | {"b_hn": (hidden,)}

    def step(self, xp: Namespace, p: Group, x: Array, state: State) -> State:
        """Map ``x (B, I)`` and ``h (B, H)`` to the new ``h (B, H)``."""
        (h,) = state
        x_r, x_z, x_n = xp.unstack(x @ p["w_x"] + p["b"][:, None, :])  # (G, B, H)
        h_r, h_z, h_n = xp.unstack(h @ p["w_h"])
        r, z = xp.sigmoid(x_r + h_r), xp.sigmoid(x_z + h_z)
        n = xp.tanh(x_n + r * (h_n + p["b_hn"]))
        return (n + z * (h - n),)
