"""Long short-term memory (Hochreiter & Schmidhuber 1997) with a forget gate (Gers et al. 2000)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rnnbench.models.arrays.array_functions import Array, Namespace, State
from rnnbench.models.cell import Cell, Group

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class LSTM(Cell):
    """The LSTM without peepholes, as in torch, Keras and cuDNN.

        i = σ(x W_xi + h W_hi + b_i)        f = σ(x W_xf + h W_hf + b_f)
        g = tanh(x W_xg + h W_hg + b_g)     o = σ(x W_xo + h W_ho + b_o)
        c' = f ⊙ c + i ⊙ g                  h' = o ⊙ tanh(c')

    Hochreiter & Schmidhuber, "Long short-term memory", Neural Computation 9(8), 1997; the
    forget gate: Gers, Schmidhuber & Cummins, "Learning to forget", Neural Computation 12(10), 2000.
    Parameters: ``w_x (4, I, H)``, ``w_h (4, H, H)``, ``b (4, H)``, gates in the order i f g o.

    Attributes:
        forget_bias: the initial value of b_f (Jozefowicz et al. 2015 recommend 1).
    """

    name: ClassVar[str] = "lstm"
    gates: ClassVar[tuple[str, ...]] = ("i", "f", "g", "o")
    state: ClassVar[tuple[str, ...]] = ("h", "c")
    hold: ClassVar[Mapping[str, int]] = {"i": -1, "f": 1}

    forget_bias: float = 1.0

    def initial(self, rng: np.random.Generator, inputs: int, hidden: int) -> dict[str, np.ndarray]:
        """Draw the initial parameters, with ``b_f`` at :attr:`forget_bias`."""
        params = super().initial(rng, inputs, hidden)
        params["b"][self.gates.index("f")] = self.forget_bias
        return params

    def step(self, xp: Namespace, p: Group, x: Array, state: State) -> State:
        """Map ``x (B, I)`` and ``h, c (B, H)`` to the new ``h, c``."""
        h, c = state
        i, f, g, o = xp.unstack(x @ p["w_x"] + h @ p["w_h"] + p["b"][:, None, :])  # (G, B, H)
        c = xp.sigmoid(f) * c + xp.sigmoid(i) * xp.tanh(g)
        return xp.sigmoid(o) * xp.tanh(c), c
