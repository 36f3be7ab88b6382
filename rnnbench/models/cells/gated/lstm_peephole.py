"""The LSTM whose gates see the cell state (Gers & Schmidhuber 2000)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rnnbench.models.arrays.array_functions import Array, Namespace, State
from rnnbench.models.cell import Group, Shapes
from rnnbench.models.cells.gated.lstm import LSTM


@dataclass(frozen=True)
class PeepholeLSTM(LSTM):
    """The LSTM with three diagonal matrices from c to the gates.

        i = σ(x W_xi + h W_hi + p_i ⊙ c + b_i)      f = σ(x W_xf + h W_hf + p_f ⊙ c + b_f)
        g = tanh(x W_xg + h W_hg + b_g)             c' = f ⊙ c + i ⊙ g
        o = σ(x W_xo + h W_ho + p_o ⊙ c' + b_o)     h' = o ⊙ tanh(c')

    Gers & Schmidhuber, "Recurrent nets that time and count", IJCNN 2000; in this form Graves,
    "Generating sequences with recurrent neural networks", arXiv 1308.0850, eq. 7-11.
    Parameters: those of :class:`~rnnbench.LSTM` and ``p (3, H)``, in the order i f o, zero at
    first.
    """

    name: ClassVar[str] = "lstm_peephole"

    def shapes(self, inputs: int, hidden: int) -> Shapes:
        """Return the usual shapes and ``p (3, H)``."""
        return super().shapes(inputs, hidden) | {"p": (3, hidden)}

    def step(self, xp: Namespace, p: Group, x: Array, state: State) -> State:
        """Map ``x (B, I)`` and ``h, c (B, H)`` to the new ``h, c``."""
        h, c = state
        i, f, g, o = xp.unstack(x @ p["w_x"] + h @ p["w_h"] + p["b"][:, None, :])  # (G, B, H)
        kept = xp.sigmoid(f + p["p"][1] * c) * c
        c = kept + xp.sigmoid(i + p["p"][0] * c) * xp.tanh(g)
        return xp.sigmoid(o + p["p"][2] * c) * xp.tanh(c), c
