"""The core's optimizers as Keras optimizers.

Keras's own differ from the formulas of :class:`rnnbench.Optimizer`: RMSprop has ε
inside the root, Adam has it before the bias correction, and all of them round their constants to
float32, which shows in float64.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, ClassVar

import keras
import tensorflow as tf

from rnnbench import Optimizer


class FormulaOptimizer(keras.optimizers.Optimizer):
    """θ ← θ - lr d, where a subclass computes the direction d from the gradient and its slots."""

    #: The names of the variables kept beside each parameter, zero at first.
    slots: ClassVar[tuple[str, ...]]

    def __init__(self, rule: Optimizer) -> None:
        super().__init__(learning_rate=rule.lr, name=rule.name)
        self.rule = rule

    def build(self, variables: list[tf.Variable]) -> None:
        """Create the slots."""
        super().build(variables)
        self.kept = [self.add_optimizer_variables(variables, slot) for slot in self.slots]

    def reset(self) -> None:
        """Forget all steps taken."""
        self.iterations.assign(0)
        for variable in itertools.chain(*self.kept):
            variable.assign(tf.zeros_like(variable.value))

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Update one parameter; the rate is the rule's, which Keras would round to float32."""
        index = self._get_variable_index(variable)
        direction = self.direction(gradient, *(slot[index].value for slot in self.kept))
        variable.assign_sub(self.rule.lr * direction)

    def direction(self, gradient: Any, *slots: Any) -> Any:
        """Update the slots and return d."""
        raise NotImplementedError


class SGD(FormulaOptimizer):
    """v ← μ v + g and d = v."""

    slots = ("velocity",)

    def direction(self, gradient: Any, velocity: Any) -> Any:
        """Update v and return it."""
        return velocity.assign(self.rule.momentum * velocity + gradient)


class RMSprop(FormulaOptimizer):
    """s ← α s + (1-α) g² and d = g / (sqrt(s) + ε)."""

    slots = ("square",)

    def direction(self, gradient: Any, square: Any) -> Any:
        """Update s and return d."""
        s = square.assign(self.rule.ALPHA * square + (1 - self.rule.ALPHA) * tf.square(gradient))
        return gradient / (tf.sqrt(s) + self.rule.EPSILON)


class Adam(FormulaOptimizer):
    """m ← β₁ m + (1-β₁) g, v ← β₂ v + (1-β₂) g² and d = m̂ / (sqrt(v̂) + ε)."""

    slots = ("momentum", "velocity")

    def direction(self, gradient: Any, momentum: Any, velocity: Any) -> Any:
        """Update m and v and return d."""
        beta1, beta2 = self.rule.BETAS
        m = momentum.assign(beta1 * momentum + (1 - beta1) * gradient)
        v = velocity.assign(beta2 * velocity + (1 - beta2) * tf.square(gradient))
        correction1, correction2 = (self._correction(beta, m.dtype) for beta in (beta1, beta2))
        return m / correction1 / (tf.sqrt(v / correction2) + self.rule.EPSILON)

    def _correction(self, beta: float, dtype: Any) -> Any:
        """Return 1 - βᵗ, which float32 would round to three digits at first."""
        t = tf.cast(self.iterations + 1, tf.float64)
        return tf.cast(1 - tf.constant(beta, tf.float64) ** t, dtype)


RULES: dict[str, type[FormulaOptimizer]] = {"sgd": SGD, "rmsprop": RMSprop, "adam": Adam}


def clipped(rule: Optimizer, gradients: Sequence[Any]) -> Sequence[Any]:
    """Return the gradients, scaled by min(1, clip / (‖g‖ + 1e-6)) where the rule clips."""
    if rule.clip is None:
        return gradients
    norm = tf.sqrt(tf.add_n([tf.reduce_sum(tf.square(g)) for g in gradients]))
    scale = tf.minimum(rule.clip / (norm + rule.CLIP_EPSILON), 1)
    return [scale * g for g in gradients]
