"""Optimizers: one formula and one set of defaults each, which every backend matches.

The formulas and defaults are those of ``torch.optim``. Frameworks differ under one name (where
epsilon stands, how momentum is scaled), so a backend states which of its own optimizers, with
which arguments, computes exactly this; the parity check holds it to that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rnnbench.models.training.schedule import CONSTANT, Schedule
from rnnbench.schema.types import OptimizerName

#: What of an optimizer a backend need not have, and what it is called; see
#: :attr:`rnnbench.Backend.TRAINS`.
EXTRAS: Mapping[str, str] = {
    "adamw": "the optimizer adamw",
    "nesterov": "Nesterov's momentum",
    "clip_value": "clipping by value",
    "schedule": "a schedule of the learning rate",
}


@dataclass(frozen=True)
class Optimizer:
    """One update rule for all parameters θ with gradient g.

    Clipping comes first: of each entry to at most c, and then by global norm, over all parameters
    together (Pascanu, Mikolov & Bengio 2013):

        g ← min(max(g, -c), c)                                            c = clip_value
        g ← g · min(1, clip / (‖g‖ + 1e-6))

    sgd (Polyak 1964, as in torch), or with Nesterov's momentum (Sutskever et al. 2013):

        v ← μ v + g        θ ← θ - lr v                            μ = momentum, v starts at 0
        v ← μ v + g        θ ← θ - lr (g + μ v)                    with nesterov

    rmsprop (Tieleman & Hinton 2012):

        s ← α s + (1-α) g²        θ ← θ - lr g / (sqrt(s) + ε)      α = 0.99, ε = 1e-8

    adam (Kingma & Ba 2014), at step t = 1, 2, ...:

        m ← β₁ m + (1-β₁) g        v ← β₂ v + (1-β₂) g²
        θ ← θ - lr m̂ / (sqrt(v̂) + ε)   with m̂ = m/(1-β₁ᵗ), v̂ = v/(1-β₂ᵗ)
                                                                β₁ = 0.9, β₂ = 0.999, ε = 1e-8

    adamw (Loshchilov & Hutter 2019): the same, but that every parameter, biases too, decays by
    itself, which moves neither m nor v:

        θ ← θ - lr (m̂ / (sqrt(v̂) + ε) + λ θ)                             λ = weight_decay

    Attributes:
        name: the rule.
        lr: the learning rate.
        clip: the largest global norm of the gradient, or None for no clipping.
        momentum: μ of sgd.
        nesterov: whether the momentum of sgd is Nesterov's.
        weight_decay: λ of adamw.
        clip_value: c, the largest entry of the gradient, or None.
        schedule: what becomes of the rate from step to step. Each batch brings its own
            (:attr:`rnnbench.Batch.rate`), so that no program counts steps for it or is compiled
            again.
    """

    name: OptimizerName = "adam"
    lr: float = 1e-3
    clip: float | None = None
    momentum: float = 0.9
    nesterov: bool = False
    weight_decay: float = 0.01
    clip_value: float | None = None
    schedule: Schedule = CONSTANT

    ALPHA = 0.99
    BETAS = (0.9, 0.999)
    EPSILON = 1e-8
    CLIP_EPSILON = 1e-6

    def rate(self, step: int) -> np.ndarray | None:
        """Return the rate ``()`` of a step, from 1; None where it is always :attr:`lr`."""
        if self.schedule.is_constant:
            return None
        return np.asarray(self.lr * self.schedule.factor(step))

    @property
    def extras(self) -> frozenset[str]:
        """What of it not every backend has, of :data:`EXTRAS`."""
        asked = {
            "adamw": self.name == "adamw",
            "nesterov": self.nesterov,
            "clip_value": self.clip_value is not None,
            "schedule": not self.schedule.is_constant,
        }
        return frozenset(name for name, is_asked in asked.items() if is_asked)
