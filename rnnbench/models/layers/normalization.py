"""Features brought to one scale, step by step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnbench.models.arrays.array_functions import Array
from rnnbench.models.cell import Shapes
from rnnbench.models.network_part import Part, Run


@dataclass(frozen=True)
class LayerNorm(Part):
    """y = g ⊙ (x - mean) / sqrt(variance + ε) + b, over the features of each step.

    Ba, Kiros & Hinton, "Layer normalization", arXiv 1607.06450. Parameters: ``gain (N,)``, one, and
    ``bias (N,)``, zero; ε = 1e-5.

    Attributes:
        width: N.
    """

    width: int

    @property
    def shapes(self) -> Shapes:
        """Return ``gain (N,)`` and ``bias (N,)``."""
        return {"gain": (self.width,), "bias": (self.width,)}

    def initial(self, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """Return what leaves a normalized x as it is."""
        return super().initial(rng) | {"gain": np.ones(self.width)}

    def apply(self, run: Run, xs: Array) -> Array:
        """Map ``(..., N)`` to ``(..., N)``."""
        return run.xp.layer_norm(xs, run.p["gain"], run.p["bias"])
