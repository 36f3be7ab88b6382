"""One vector for a whole sequence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from rnnbench.models.arrays.array_functions import Array
from rnnbench.models.cell import Shapes
from rnnbench.models.initializers import glorot
from rnnbench.models.layers.attention import softmax
from rnnbench.models.network_part import Part, Run
from rnnbench.models.padding import beside, last, mask_of

#: How one vector is made of a sequence: of its last step, or by a part.
Pool: TypeAlias = Literal["last", "mean", "attention"]


@dataclass(frozen=True)
class MeanPooling(Part):
    """y = 1/T Σ_t x_t, over the steps that are no padding."""

    def apply(self, run: Run, xs: Array, lengths: Array | None = None) -> Array:
        """Map ``(T, B, N)`` to ``(B, N)``."""
        xp = run.xp
        if lengths is None:
            return xp.mean(xs, axis=0)
        there, one = beside(mask_of(xp, xs.shape[0], lengths), xs), xs[..., :1]
        count = xp.sum(xp.where(there, xp.ones_like(one), xp.zeros_like(one)), axis=0)
        return xp.sum(xp.where(there, xs, xp.zeros_like(xs)), axis=0) / count


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
        there = None if lengths is None else mask_of(xp, xs.shape[0], lengths)
        return xp.sum(softmax(xp, scores, there, axis=0)[..., None] * xs, axis=0)


def pooling(pool: Pool, targets: str, width: int) -> dict[str, Part]:
    """Return the part ``pool`` if one target is read from all steps, ``(T, B, width)``."""
    if targets != "one" or pool == "last":
        return {}
    return {"pool": MeanPooling() if pool == "mean" else AttentionPooling(width)}


def pooled(run: Run, pool: Pool, xs: Array, lengths: Array | None) -> Array:
    """Return one vector of each example ``(B, N)``, of ``(T, B, N)``."""
    return last(run.xp, xs, lengths) if pool == "last" else run("pool", xs, lengths=lengths)
