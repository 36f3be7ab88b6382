"""The LSTM with layer normalization (Ba et al. 2016)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rnnbench.models.arrays.array_functions import Array, Namespace, State
from rnnbench.models.cell import Group, Shapes
from rnnbench.models.cells.gated.lstm import LSTM

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class LayerNormLSTM(LSTM):
    """The LSTM whose products and cell state are normalized over the units.

        [i; f; g; o] = LN(x W_x; α_x) + LN(h W_h; α_h) + b
        c' = σ(f) ⊙ c + σ(i) ⊙ tanh(g)      h' = σ(o) ⊙ tanh(LN(c'; α_c) + β_c)

    LN(a; α) = α ⊙ (a - mean) / sqrt(variance + 1e-5), of a product over all of its 4H entries.
    Ba, Kiros & Hinton, "Layer normalization", arXiv 1607.06450, eq. 20-22; of the three biases
    that are added to the gates there, b is the sum.
    Parameters: those of :class:`~rnnbench.LSTM`; ``gain_x`` and ``gain_h (4, H)``, ``gain_c (H,)``,
    all 1 at first, and ``b_c (H,)``, 0 at first.
    """

    name: ClassVar[str] = "lstm_layernorm"
    hold: ClassVar[Mapping[str, int]] = {}  # what is added to a product is normalized away

    def shapes(self, inputs: int, hidden: int) -> Shapes:
        """Return the usual shapes, the gains and ``b_c``."""
        gains: Shapes = {"gain_x": (4, hidden), "gain_h": (4, hidden), "gain_c": (hidden,)}
        return super().shapes(inputs, hidden) | gains | {"b_c": (hidden,)}

    def initial(self, rng: np.random.Generator, inputs: int, hidden: int) -> dict[str, np.ndarray]:
        """Draw the initial parameters, with gains of 1."""
        params = super().initial(rng, inputs, hidden)
        for name in ("gain_x", "gain_h", "gain_c"):
            params[name] += 1
        return params

    def step(self, xp: Namespace, p: Group, x: Array, state: State) -> State:
        """Map ``x (B, I)`` and ``h, c (B, H)`` to the new ``h, c``."""
        h, c = state
        from_input = self._normalized(xp, x @ p["w_x"], p["gain_x"])
        from_state = self._normalized(xp, h @ p["w_h"], p["gain_h"])
        i, f, g, o = xp.unstack(from_input + from_state + p["b"][:, None, :])  # (G, B, H)
        c = xp.sigmoid(f) * c + xp.sigmoid(i) * xp.tanh(g)
        return xp.sigmoid(o) * xp.tanh(xp.layer_norm(c, p["gain_c"], p["b_c"])), c

    def _normalized(self, xp: Namespace, product: Array, gain: Array) -> Array:
        """Normalize ``(G, B, H)`` over gates and units together."""
        gates, batch, hidden = product.shape
        joined = xp.reshape(xp.permute_dims(product, (1, 0, 2)), (batch, gates * hidden))
        gain = xp.reshape(gain, (gates * hidden,))
        joined = xp.layer_norm(joined, gain, xp.zeros_like(gain))
        return xp.permute_dims(xp.reshape(joined, (batch, gates, hidden)), (1, 0, 2))
