"""The LSTM with exponential gates (Beck et al. 2024)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rnnbench.models.arrays.array_functions import Array, Namespace, State
from rnnbench.models.cell import Cell, Group


@dataclass(frozen=True)
class SLSTM(Cell):
    """The sLSTM of xLSTM, with one head.

        [i; f; g; o] = x W_x + h W_h + b
        m' = max(f + m, i)                i' = exp(i - m')        f' = exp(f + m - m')
        c' = f' ⊙ c + i' ⊙ tanh(g)        n' = f' ⊙ n + i'        h' = σ(o) ⊙ c' / n'

    Beck et al., "xLSTM: extended long short-term memory", NeurIPS 2024, eq. 8-17. The state m keeps
    the exponentials in range, and h does not depend on it. At first n is 1 and the rest 0.
    Parameters: ``w_x (4, I, H)``, ``w_h (4, H, H)``, ``b (4, H)``, gates in the order i f g o.
    """

    name: ClassVar[str] = "slstm"
    gates: ClassVar[tuple[str, ...]] = ("i", "f", "g", "o")
    state: ClassVar[tuple[str, ...]] = ("h", "c", "n", "m")

    def zero_state(self, batch: int, hidden: int) -> State:
        """Return the state before the first step."""
        h, c, n, m = super().zero_state(batch, hidden)
        return h, c, n + 1, m

    def step(self, xp: Namespace, p: Group, x: Array, state: State) -> State:
        """Map ``x (B, I)`` and ``h, c, n, m (B, H)`` to the new ones."""
        h, c, n, m = state
        i, f, g, o = xp.unstack(x @ p["w_x"] + h @ p["w_h"] + p["b"][:, None, :])  # (G, B, H)
        largest = xp.maximum(f + m, i)
        i, f = xp.exp(i - largest), xp.exp(f + m - largest)
        c, n = f * c + i * xp.tanh(g), f * n + i
        return xp.sigmoid(o) * c / n, c, n, largest
