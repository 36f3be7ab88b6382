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
    """θ ← θ - lr d, where a subclass computes the direction d from the gradient and its slots.

    With adamw it is θ ← θ - lr (d + λ θ).
    """

    #: The names of the variables kept beside each parameter, zero at first.
    slots: ClassVar[tuple[str, ...]]

    def __init__(self, rule: Optimizer, decays: Sequence[Any] = ()) -> None:
        """Prepare for the first step; ``decays`` has the λ of adamw for each parameter."""
        super().__init__(learning_rate=rule.lr, name=rule.name)
        self.rule, self.decays = rule, decays
        self.rate: Any = rule.lr

    def build(self, variables: list[tf.Variable]) -> None:
        """Create the slots."""
        super().build(variables)
        self.kept = [self.add_optimizer_variables(variables, slot) for slot in self.slots]

    def reset(self) -> None:
        """Forget all steps taken."""
        self.iterations.assign(0)
        for variable in itertools.chain(*self.kept):
            variable.assign(tf.zeros_like(variable.value))

    def step(self, gradients: Sequence[Any], rate: Any) -> None:
        """Update all parameters, at the rate of the rule where the step brings none."""
        self.rate = self.rule.lr if rate is None else rate
        self.apply(clipped(self.rule, gradients))

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Update one parameter; not at the rate that Keras hands over, rounded to float32."""
        self.move(self._get_variable_index(variable), gradient, variable)

    def move(self, index: int, gradient: Any, variable: Any) -> None:
        """Update a parameter and its slots, given its place among all."""
        direction = self.direction(gradient, *(slot[index].value for slot in self.kept))
        if self.rule.name == "adamw":
            direction += tf.constant(self.decays[index], direction.dtype) * variable
        variable.assign_sub(self.rate * direction)

    def direction(self, gradient: Any, *slots: Any) -> Any:
        """Update the slots and return d."""
        raise NotImplementedError


class SGD(FormulaOptimizer):
    """v ← μ v + g and d = v, or g + μ v with Nesterov's momentum."""

    slots = ("velocity",)

    def direction(self, gradient: Any, velocity: Any) -> Any:
        """Update v and return d."""
        v = velocity.assign(self.rule.momentum * velocity + gradient)
        return gradient + self.rule.momentum * v if self.rule.nesterov else v


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


RULES: dict[str, type[FormulaOptimizer]] = {
    "sgd": SGD,
    "rmsprop": RMSprop,
    "adam": Adam,
    "adamw": Adam,
}


def clipped(rule: Optimizer, gradients: Sequence[Any]) -> Sequence[Any]:
    """Return the gradients, clipped by value and then by norm where the rule says so."""
    limit = rule.clip_value
    if limit is not None:
        gradients = [tf.clip_by_value(g, -limit, limit) for g in gradients]
    if rule.clip is None:
        return gradients
    norm = tf.sqrt(tf.add_n([tf.reduce_sum(tf.square(g)) for g in gradients]))
    scale = tf.minimum(rule.clip / (norm + rule.CLIP_EPSILON), 1)
    return [scale * g for g in gradients]
