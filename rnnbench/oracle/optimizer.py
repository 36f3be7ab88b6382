"""The formulas of the optimizers in NumPy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnnbench.models.training.optimizer import Optimizer


class ReferenceOptimizer:
    """The formulas of :class:`Optimizer` in NumPy, updating a flat list of arrays in place."""

    def __init__(
        self,
        rule: Optimizer,
        arrays: list[np.ndarray],
        decays: Sequence[float | np.ndarray] | None = None,
    ) -> None:
        """Start before the first step.

        Args:
            rule: the formula.
            arrays: the parameters.
            decays: the λ of adamw for each of them; by default that of the rule for all.
        """
        self.rule = rule
        self.arrays = arrays
        self.decays = decays or [rule.weight_decay] * len(arrays)
        self.first = [np.zeros_like(a) for a in arrays]  # v of sgd, m of adam
        self.second = [np.zeros_like(a) for a in arrays]  # s of rmsprop, v of adam
        self.t = 0
        #: What 1 - βᵗ of adam is computed in.
        self.real: type[float | np.floating] = float

    def step(self, gradients: list[np.ndarray], rate: float | None = None) -> None:
        """Update the arrays with ``gradients``, in the order they were given.

        Args:
            gradients: one per array, which stay as they are.
            rate: the learning rate of this step, None for that of the rule.
        """
        self.t += 1
        rate = self.rule.lr if rate is None else rate
        update = getattr(self, f"_{self.rule.name}")
        for k, gradient in enumerate(clipped(self.rule, gradients)):
            self.arrays[k] -= rate * update(k, gradient)

    def _sgd(self, k: int, g: np.ndarray) -> np.ndarray:
        v, momentum = self.first[k], self.rule.momentum
        v *= momentum
        v += g
        return np.asarray(g + momentum * v) if self.rule.nesterov else v

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
        m_hat, v_hat = m / self._correction(beta1), v / self._correction(beta2)
        return np.asarray(m_hat / (np.sqrt(v_hat) + self.rule.EPSILON))

    def _correction(self, beta: float) -> float:
        return float(1 - self.real(beta) ** self.t)

    def _adamw(self, k: int, g: np.ndarray) -> np.ndarray:
        return np.asarray(self._adam(k, g) + self.decays[k] * self.arrays[k])


def clipped(rule: Optimizer, gradients: list[np.ndarray]) -> list[np.ndarray]:
    """Return the gradients, clipped by value and then by global norm where the rule says so."""
    if rule.clip_value is not None:
        gradients = [np.clip(g, -rule.clip_value, rule.clip_value) for g in gradients]
    scale = clip_scale(rule, gradients)
    return [scale * gradient for gradient in gradients]


def clip_scale(rule: Optimizer, gradients: list[np.ndarray]) -> float:
    """Return the factor of clipping by global norm, 1 where nothing is clipped."""
    if rule.clip is None:
        return 1.0
    norm = float(np.sqrt(sum(float(np.vdot(g, g)) for g in gradients)))
    return min(1.0, rule.clip / (norm + rule.CLIP_EPSILON))
