"""The affine map of a read-out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnbench.models.arrays.array_functions import Array, Namespace
from rnnbench.models.cell import Shapes
from rnnbench.models.network_part import Part, Run


@dataclass(frozen=True)
class Dense(Part):
    """y = x W + b, for every row of x.

    Parameters: ``w (I, O)``, uniform in ±1/sqrt(I), and ``b (O,)``, zero.

    Attributes:
        inputs: I.
        outputs: O.
        bias: whether there is b.
    """

    inputs: int
    outputs: int
    bias: bool = True

    @property
    def shapes(self) -> Shapes:
        """Return ``w (I, O)`` and ``b (O,)``."""
        bias: Shapes = {"b": (self.outputs,)} if self.bias else {}
        return {"w": (self.inputs, self.outputs)} | bias

    def initial(self, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """Draw ``w``; ``b`` is zero."""
        limit = 1.0 / np.sqrt(self.inputs)
        return super().initial(rng) | {"w": rng.uniform(-limit, limit, self.shapes["w"])}

    def apply(self, run: Run, xs: Array) -> Array:
        """Map ``(..., I)`` to ``(..., O)``."""
        outputs = product(run.xp, xs, run.p["w"])
        return outputs + run.p["b"] if self.bias else outputs


def product(xp: Namespace, xs: Array, w: Array) -> Array:
    """Return ``xs (..., I) @ w (I, O)``: one product, where NumPy would make one per step."""
    if len(xs.shape) < 3 or xs.shape[0] == 1:
        return xs @ w
    rows = xp.reshape(xs, (-1, xs.shape[-1])) @ w
    return xp.reshape(rows, (*xs.shape[:-1], w.shape[-1]))
