"""Convolutions over time that see no later step."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rnnbench.models.arrays.array_functions import Array
from rnnbench.models.cell import Shapes
from rnnbench.models.network_part import Part, Run
from rnnbench.models.padding import after_past, recent


@dataclass(frozen=True)
class Convolution(Part):
    """y_t = Σ_k x_{t-kd} W_k + b for k = 0 … K-1, at each step that has as many before it.

    Parameters: ``w (K, I, O)``, uniform in ±1/sqrt(K I), and ``b (O,)``, zero.

    Attributes:
        inputs: I.
        outputs: O.
        width: K, in steps.
        dilation: d, from one of these steps to the one before it.
    """

    inputs: int
    outputs: int
    width: int
    dilation: int = 1

    @property
    def past(self) -> int:
        """The steps before the first output, (K-1) d."""
        return (self.width - 1) * self.dilation

    @property
    def shapes(self) -> Shapes:
        """Return ``w (K, I, O)`` and ``b (O,)``."""
        return {"w": (self.width, self.inputs, self.outputs), "b": (self.outputs,)}

    def initial(self, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """Draw ``w``; ``b`` is zero."""
        limit = 1.0 / math.sqrt(self.width * self.inputs)
        return super().initial(rng) | {"w": rng.uniform(-limit, limit, self.shapes["w"])}

    def apply(self, run: Run, xs: Array) -> Array:
        """Map ``((K-1) d + T, B, I)`` to ``(T, B, O)``: all W_k in one product."""
        xp, steps = run.xp, xs.shape[0] - self.past
        starts = [self.past - k * self.dilation for k in range(self.width)]
        seen = xp.concat([xs[start : start + steps] for start in starts], axis=-1)  # (T, B, K I)
        rows = xp.reshape(seen, (-1, self.width * self.inputs))
        weights = xp.reshape(run.p["w"], (self.width * self.inputs, self.outputs))
        return xp.reshape(rows @ weights + run.p["b"], (steps, xs.shape[1], self.outputs))


@dataclass(frozen=True)
class CausalConvolution(Part):
    """A convolution of each step and those before it, of the last batch, too: zero at first.

    Attributes:
        inputs: features of each step; the rest is as in :class:`Convolution`.
    """

    inputs: int
    outputs: int
    width: int
    dilation: int = 1

    @property
    def filters(self) -> Convolution:
        """The convolution itself, which remembers nothing."""
        return Convolution(self.inputs, self.outputs, self.width, self.dilation)

    @property
    def parts(self) -> Mapping[str, Part]:
        """Return ``filters``."""
        return {"filters": self.filters}

    @property
    def state_shapes(self) -> tuple[tuple[int, ...], ...]:
        """The last (K-1) d inputs."""
        past = self.filters.past
        return ((past, self.inputs),) if past else ()

    def apply(self, run: Run, xs: Array, lengths: Array | None = None) -> Array:
        """Map ``(T, B, I)`` to ``(T, B, O)``; ``lengths (B,)`` tell what is padding."""
        if not run.state:
            return run("filters", xs)
        (past,) = run.state
        seen = after_past(run.xp, past, xs)
        run.keep((recent(run.xp, seen, past.shape[1], lengths),))
        return run("filters", seen)
