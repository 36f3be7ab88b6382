"""Optimizers: one formula and one set of defaults each, which every backend matches.

The formulas and defaults are those of ``torch.optim``. Frameworks differ under one name (where
epsilon stands, how momentum is scaled), so a backend states which of its own optimizers, with
which arguments, computes exactly this; the parity check holds it to that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from rnnbench.model import Params

OptimizerName = Literal["sgd", "rmsprop", "adam"]


@dataclass(frozen=True)
class Optimizer:
    """One update rule for all parameters θ with gradient g.

    Clipping by global norm comes first, over all parameters together:

        g ← g · min(1, clip / (‖g‖ + 1e-6))

    sgd (Polyak 1964, as in torch):

        v ← μ v + g        θ ← θ - lr v                            μ = momentum, v starts at 0

    rmsprop (Tieleman & Hinton 2012):

        s ← α s + (1-α) g²        θ ← θ - lr g / (sqrt(s) + ε)      α = 0.99, ε = 1e-8

    adam (Kingma & Ba 2014), at step t = 1, 2, ...:

        m ← β₁ m + (1-β₁) g        v ← β₂ v + (1-β₂) g²
        θ ← θ - lr m̂ / (sqrt(v̂) + ε)   with m̂ = m/(1-β₁ᵗ), v̂ = v/(1-β₂ᵗ)
                                                                β₁ = 0.9, β₂ = 0.999, ε = 1e-8

    Attributes:
        name: the rule.
        lr: the learning rate.
        clip: the largest global norm of the gradient, or None for no clipping.
        momentum: μ of sgd.
    """

    name: OptimizerName = "adam"
    lr: float = 1e-3
    clip: float | None = None
    momentum: float = 0.9

    ALPHA = 0.99
    BETAS = (0.9, 0.999)
    EPSILON = 1e-8
    CLIP_EPSILON = 1e-6


class ReferenceOptimizer:
    """The formulas of :class:`Optimizer` in NumPy, updating a flat list of arrays in place."""

    def __init__(self, rule: Optimizer, arrays: list[np.ndarray]) -> None:
        self.rule = rule
        self.arrays = arrays
        self.first = [np.zeros_like(a) for a in arrays]  # v of sgd, m of adam
        self.second = [np.zeros_like(a) for a in arrays]  # s of rmsprop, v of adam
        self.t = 0

    def step(self, gradients: list[np.ndarray]) -> None:
        """Update the arrays with ``gradients``, in the order they were given."""
        self.t += 1
        scale = clip_scale(self.rule, gradients)
        update = getattr(self, f"_{self.rule.name}")
        for k, gradient in enumerate(gradients):
            self.arrays[k] -= self.rule.lr * update(k, scale * gradient)

    def _sgd(self, k: int, g: np.ndarray) -> np.ndarray:
        self.first[k] *= self.rule.momentum
        self.first[k] += g
        return self.first[k]

    def _rmsprop(self, k: int, g: np.ndarray) -> np.ndarray:
        s = self.second[k]
        s *= self.rule.ALPHA
        s += (1 - self.rule.ALPHA) * g * g
        return np.asarray(g / (np.sqrt(s) + self.rule.EPSILON))

    def _adam(self, k: int, g: np.ndarray) -> np.ndarray:
        m, v = self.first[k], self.second[k]
        beta1, beta2 = self.rule.BETAS
        m *= beta1
        m += (1 - beta1) * g
        v *= beta2
        v += (1 - beta2) * g * g
        m_hat = m / (1 - beta1**self.t)
        return np.asarray(m_hat / (np.sqrt(v / (1 - beta2**self.t)) + self.rule.EPSILON))


def clip_scale(rule: Optimizer, gradients: list[np.ndarray]) -> float:
    """Return the factor of clipping by global norm, 1 where nothing is clipped."""
    if rule.clip is None:
        return 1.0
    norm = float(np.sqrt(sum(float(np.vdot(g, g)) for g in gradients)))
    return min(1.0, rule.clip / (norm + rule.CLIP_EPSILON))


def leaves(params: Params) -> list[np.ndarray]:
    """Return the arrays of ``params`` in a fixed order."""
    return [array for group in params.values() for array in group.values()]
