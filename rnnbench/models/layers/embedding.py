"""A table of vectors, one for each token."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnbench.models.arrays.array_functions import Array
from rnnbench.models.cell import Shapes
from rnnbench.models.network_part import Part, Run


@dataclass(frozen=True)
class Embedding(Part):
    """x = E[token].

    Parameters: ``w (V, E)``, standard normal.

    Attributes:
        tokens: V, the size of the vocabulary.
        width: E.
    """

    tokens: int
    width: int

    @property
    def shapes(self) -> Shapes:
        """Return ``w (V, E)``."""
        return {"w": (self.tokens, self.width)}

    def initial(self, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """Draw the table."""
        return {"w": rng.standard_normal(self.shapes["w"])}

    def apply(self, run: Run, tokens: Array) -> Array:
        """Look up tokens ``(...)``; return ``(..., E)``."""
        return run.xp.take(run.p["w"], tokens, axis=0)
