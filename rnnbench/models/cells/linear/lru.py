"""The linear recurrent unit (Orvieto et al. 2023)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rnnbench.errors import UsageError
from rnnbench.models.arrays.array_functions import Array, Namespace, State
from rnnbench.models.cell import Group, LinearCell, Shapes

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class LRU(LinearCell):
    """h' = λ ⊙ h + exp(γ) ⊙ (x W) with complex h, λ and W, and λ = exp(-exp(ν) + i exp(θ)).

    Orvieto et al., "Resurrecting recurrent neural networks for long sequences", ICML 2023, section
    3. Here h is H/2 real and H/2 imaginary parts, its output both beside each other, so that what
    reads it out is the C of the paper: Re(C h) = Re h Re C - Im h Im C. |λ| is below 1 by its form.
    Parameters: ``w_x (2, I, H/2)``, real and imaginary; ``nu``, ``theta`` and ``gamma (H/2,)``. At
    first λ is uniform in the ring of :attr:`radius_min` and :attr:`radius_max`, up to the angle
    :attr:`phase_max`, and γ normalizes: exp(γ)² = 1 - |λ|².

    A step of an optimizer turns λ by as much as its angle is large, and a state that is carried far
    adds that up. The paper trains ν, θ and γ at a smaller rate, or begins with small angles where
    sequences are long.

    Attributes:
        radius_min: of the ring.
        radius_max: of the ring.
        phase_max: the largest angle, in radians: a whole turn by default.
    """

    name: ClassVar[str] = "lru"
    gates: ClassVar[tuple[str, ...]] = ("re", "im")
    state: ClassVar[tuple[str, ...]] = ("re", "im")

    radius_min: float = 0.5
    radius_max: float = 0.99
    phase_max: float = 2 * math.pi

    def __post_init__(self) -> None:
        if not 0 <= self.radius_min <= self.radius_max or not 0 < self.radius_max < 1:
            raise ValueError(
                "its ring lies inside the unit circle, 0 <= radius_min <= radius_max < 1: not from "
                f"{self.radius_min:g} to {self.radius_max:g}"
            )
        if not 0 < self.phase_max < math.inf:
            raise ValueError(f"phase_max is above 0, not {self.phase_max:g}")

    def shapes(self, inputs: int, hidden: int) -> Shapes:
        """Return ``w_x (2, I, H/2)``, and ``nu``, ``theta`` and ``gamma (H/2,)``."""
        half = self._half(hidden)
        return {"w_x": (2, inputs, half), "nu": (half,), "theta": (half,), "gamma": (half,)}

    def state_shapes(self, hidden: int) -> tuple[tuple[int, ...], ...]:
        """Return ``(H/2,)`` for the real parts, and for the imaginary ones."""
        return ((self._half(hidden),),) * 2

    def initial(self, rng: np.random.Generator, inputs: int, hidden: int) -> dict[str, np.ndarray]:
        """Draw the initial parameters; ``w_x`` is Glorot-uniform."""
        import numpy as np

        params, half = super().initial(rng, inputs, hidden), self._half(hidden)
        square = rng.uniform(self.radius_min**2, self.radius_max**2, half)  # |λ|²
        phase = rng.uniform(0, self.phase_max, half)
        return params | {
            "nu": np.log(-0.5 * np.log(square)),
            "theta": np.log(phase),
            "gamma": 0.5 * np.log(1 - square),
        }

    def linear(self, xp: Namespace, p: Group, x: Array) -> tuple[State, State]:
        """Map ``x (N, I)`` to λ ``(H/2,)`` and exp(γ) ⊙ (x W) ``(N, H/2)``, real and imaginary."""
        size, phase, scale = xp.exp(-xp.exp(p["nu"])), xp.exp(p["theta"]), xp.exp(p["gamma"])
        u, v = xp.unstack(x @ p["w_x"])
        return (size * xp.cos(phase), size * xp.sin(phase)), (scale * u, scale * v)

    def output(self, xp: Namespace, state: State) -> Array:
        """Return both parts beside each other ``(..., H)``."""
        return xp.concat(list(state), axis=-1)

    def _half(self, hidden: int) -> int:
        if hidden % 2:
            raise UsageError(f"lru has real and imaginary parts: hidden is even, not {hidden}")
        return hidden // 2
