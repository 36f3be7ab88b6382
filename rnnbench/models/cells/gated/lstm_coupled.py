"""The LSTM that forgets as much as it takes in (Greff et al. 2017)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rnnbench.models.arrays.array_functions import Array, Namespace, State
from rnnbench.models.cell import Cell, Group

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class CoupledLSTM(Cell):
    """The LSTM without an input gate of its own: i = 1 - f.

        f = σ(x W_xf + h W_hf + b_f)        g = tanh(x W_xg + h W_hg + b_g)
        o = σ(x W_xo + h W_ho + b_o)
        c' = f ⊙ c + (1 - f) ⊙ g            h' = o ⊙ tanh(c')

    Greff et al., "LSTM: a search space odyssey", IEEE Transactions on Neural Networks and Learning
    Systems 28(10), 2017, there CIFG.
    Parameters: ``w_x (3, I, H)``, ``w_h (3, H, H)``, ``b (3, H)``, gates in the order f g o.

    Attributes:
        forget_bias: the initial value of b_f.
    """

    name: ClassVar[str] = "lstm_coupled"
    gates: ClassVar[tuple[str, ...]] = ("f", "g", "o")
    state: ClassVar[tuple[str, ...]] = ("h", "c")
    hold: ClassVar[Mapping[str, int]] = {"f": 1}

    forget_bias: float = 1.0

    def initial(self, rng: np.random.Generator, inputs: int, hidden: int) -> dict[str, np.ndarray]:
        """Draw the initial parameters, with ``b_f`` at :attr:`forget_bias`."""
        params = super().initial(rng, inputs, hidden)
        params["b"][0] = self.forget_bias
        return params

    def step(self, xp: Namespace, p: Group, x: Array, state: State) -> State:
        """Map ``x (B, I)`` and ``h, c (B, H)`` to the new ``h, c``."""
        h, c = state
        f, g, o = xp.unstack(x @ p["w_x"] + h @ p["w_h"] + p["b"][:, None, :])  # (G, B, H)
        g = xp.tanh(g)
        c = g + xp.sigmoid(f) * (c - g)
        return xp.sigmoid(o) * xp.tanh(c), c
