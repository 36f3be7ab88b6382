"""The formulas of the optimizers in NumPy."""

from __future__ import annotations

import numpy as np

from rnnbench.models.arrays.trees import Params
from rnnbench.models.training.optimizer import Optimizer


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
