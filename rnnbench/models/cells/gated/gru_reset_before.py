"""The gated recurrent unit in its reset-before form (Cho et al. 2014)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from rnnbench.models.arrays.array_functions import Array, Namespace, State
from rnnbench.models.cell import Cell, Group


@dataclass(frozen=True)
class ResetBeforeGRU(Cell):
    """The GRU whose reset gate acts before the recurrent product.

        r = σ(x W_xr + h W_hr + b_r)        z = σ(x W_xz + h W_hz + b_z)
        n = tanh(x W_xn + (r ⊙ h) W_hn + b_n)
        h' = (1 - z) ⊙ n + z ⊙ h

    Cho et al., "Learning phrase representations using RNN encoder-decoder for statistical machine
    translation", EMNLP 2014, eq. 5-8. :class:`~rnnbench.GRU` is the form of torch, cuDNN and Keras.
    Parameters: ``w_x (3, I, H)``, ``w_h (3, H, H)``, ``b (3, H)``, gates in the order r z n.
    """

    name: ClassVar[str] = "gru_reset_before"
    gates: ClassVar[tuple[str, ...]] = ("r", "z", "n")
    hold: ClassVar[Mapping[str, int]] = {"z": 1}

    def step(self, xp: Namespace, p: Group, x: Array, state: State) -> State:
        """Map ``x (B, I)`` and ``h (B, H)`` to the new ``h (B, H)``."""
        (h,) = state
        x_r, x_z, x_n = xp.unstack(x @ p["w_x"] + p["b"][:, None, :])  # (G, B, H)
        h_r, h_z = xp.unstack(h @ p["w_h"][:2])
        n = xp.tanh(x_n + (xp.sigmoid(x_r + h_r) * h) @ p["w_h"][2])
        return (n + xp.sigmoid(x_z + h_z) * (h - n),)
