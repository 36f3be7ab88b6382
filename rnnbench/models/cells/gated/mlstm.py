"""The LSTM with a matrix as its memory (Beck et al. 2024)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from rnnbench.models.arrays.array_functions import Array, Namespace, State
from rnnbench.models.cell import Cell, Group, Shapes

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class MLSTM(Cell):
    """The mLSTM of xLSTM, with one head.

        q = x W_q + b_q        k = (x W_k + b_k) / sqrt(H)        v = x W_v + b_v
        o = σ(x W_o + b_o)     i = x w_i + b_i                    f = x w_f + b_f
        m' = max(φ + m, i)     i' = exp(i - m')                   f' = exp(φ + m - m')
        C' = f' C + i' v kᵀ    n' = f' n + i' k
        h' = o ⊙ C' q / max(|n'ᵀ q|, exp(-m'))

    Beck et al., "xLSTM: extended long short-term memory", NeurIPS 2024, eq. 19-27 and appendix A.3.
    i and f are one number per example. Nothing reads h. The paper leaves open whether the forget
    gate is σ(f), φ = log σ(f), or exp(f), φ = f. The latter may be above 1, so that memories grow
    without bound and the division by |n'ᵀ q| amplifies what is left where it is near zero:
    training at usual rates is unsteady.
    Parameters: ``w_x (4, I, H)``, ``b (4, H)``, gates in the order q k v o; ``w_g (2, I, 1)``,
    ``b_g (2, 1)`` for i and f.

    Attributes:
        forget: the forget gate, ``sigmoid`` or ``exp``.
    """

    name: ClassVar[str] = "mlstm"
    gates: ClassVar[tuple[str, ...]] = ("q", "k", "v", "o")
    state: ClassVar[tuple[str, ...]] = ("h", "C", "n", "m")

    forget: Literal["sigmoid", "exp"] = "sigmoid"

    def shapes(self, inputs: int, hidden: int) -> Shapes:
        """Return ``w_x (4, I, H)``, ``b (4, H)``, ``w_g (2, I, 1)`` and ``b_g (2, 1)``."""
        wide: Shapes = {"w_x": (4, inputs, hidden), "b": (4, hidden)}
        return wide | {"w_g": (2, inputs, 1), "b_g": (2, 1)}

    def state_shapes(self, hidden: int) -> tuple[tuple[int, ...], ...]:
        """Return the shapes of h, C, n and m."""
        return (hidden,), (hidden, hidden), (hidden,), (1,)

    def initial(self, rng: np.random.Generator, inputs: int, hidden: int) -> dict[str, np.ndarray]:
        """Draw the initial parameters; ``w_g`` is Glorot-uniform like ``w_x``."""
        from rnnbench.models.initializers import glorot

        params = super().initial(rng, inputs, hidden)
        return params | {"w_g": glorot(rng, params["w_g"].shape)}

    def step(self, xp: Namespace, p: Group, x: Array, state: State) -> State:
        """Map ``x (B, I)`` and ``h (B, H)``, ``C (B, H, H)``, ``n (B, H)``, ``m (B, 1)``."""
        _, c, n, m = state
        q, k, v, o = xp.unstack(x @ p["w_x"] + p["b"][:, None, :])  # (G, B, H)
        k = k / math.sqrt(k.shape[-1])
        i, f = xp.unstack(x @ p["w_g"] + p["b_g"][:, None, :])  # (B, 1)
        if self.forget == "sigmoid":
            f = xp.log(xp.sigmoid(f))
        largest = xp.maximum(f + m, i)
        i, f = xp.exp(i - largest), xp.exp(f + m - largest)
        c = f[..., None] * c + (i * v)[..., None] * k[:, None, :]
        n = f * n + i * k
        read = (c @ q[..., None])[..., 0]
        size = xp.maximum(xp.abs(xp.sum(n * q, axis=-1, keepdims=True)), xp.exp(-largest))
        return xp.sigmoid(o) * read / size, c, n, largest
