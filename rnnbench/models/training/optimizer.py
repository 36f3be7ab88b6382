"""Optimizers: one formula and one set of defaults each, which every backend matches.

The formulas and defaults are those of ``torch.optim``. Frameworks differ under one name (where
epsilon stands, how momentum is scaled), so a backend states which of its own optimizers, with
which arguments, computes exactly this; the parity check holds it to that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
