"""One vector for a whole sequence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnbench.models.arrays.namespace import Array
from rnnbench.models.cell import Shapes
from rnnbench.models.initializers import glorot
from rnnbench.models.padding import beside, mask_of
from rnnbench.models.part import Part, Run

#: A score that no softmax gives any weight.
NEVER = -1e9


@dataclass(frozen=True)
class MeanPooling(Part):
    """y = 1/T Σ_t x_t, over the steps that are no padding."""

    def apply(self, run: Run, xs: Array, lengths: Array | None = None) -> Array:
        """Map ``(T, B, N)``, zero at padding, to ``(B, N)``."""
        xp = run.xp
        if lengths is None:
            return xp.mean(xs, axis=0)
        there, one = beside(mask_of(xp, xs.shape[0], lengths), xs), xs[..., :1]
        count = xp.sum(xp.where(there, xp.ones_like(one), xp.zeros_like(one)), axis=0)
        return xp.sum(xs, axis=0) / count


@dataclass(frozen=True)
class AttentionPooling(Part):
    """y = Σ_t α_t x_t with α = softmax_t(vᵀ tanh(x_t W + b)).

    Yang et al., "Hierarchical attention networks for document classification", NAACL 2016, eq. 5-7.
    Parameters: ``w (N, N)`` and ``v (1, N)``, Glorot-uniform, and ``b (N,)``, zero.

    Attributes:
        width: N.
    """

    width: int

    @property
    def shapes(self) -> Shapes:
        """Return ``w (N, N)``, ``b (N,)`` and ``v (1, N)``."""
        return {"w": (self.width, self.width), "b": (self.width,), "v": (1, self.width)}

    def initial(self, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """Draw ``w`` and ``v``."""
        drawn = {name: glorot(rng, self.shapes[name]) for name in ("w", "v")}
        return super().initial(rng) | drawn

    def apply(self, run: Run, xs: Array, lengths: Array | None = None) -> Array:
        """Map ``(T, B, N)`` to ``(B, N)``."""
        xp = run.xp
        known = xp.tanh(xs @ run.p["w"] + run.p["b"])
        scores = xp.sum(known * run.p["v"], axis=-1)  # (T, B)
        if lengths is not None:
            there = mask_of(xp, xs.shape[0], lengths)
            scores = xp.where(there, scores, NEVER * xp.ones_like(scores))
        return xp.sum(xp.softmax(scores, axis=0)[..., None] * xs, axis=0)
