"""The core's optimizers in optax, but for the learning rate, which each step brings along.

The formulas and defaults are those of :class:`rnnbench.Optimizer`. Of ``optax.rmsprop`` that is
``scale_by_rms`` with ``eps_in_sqrt=False`` and a decay of 0.99 (its own default is 0.9); ``trace``
of its ``sgd`` and ``scale_by_adam`` of its ``adam`` do as they are.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import optax

from rnnbench import Optimizer


def transformation(rule: Optimizer, decays: Any) -> optax.GradientTransformation:
    """Return ``rule``, clipping included, as a transformation of gradients into directions.

    Parameters move by minus the learning rate times the direction.

    Args:
        rule: the optimizer.
        decays: the λ of adamw for each parameter, in a tree of their form.
    """
    steps = [_direction(rule)]
    if rule.clip is not None:
        steps.insert(0, clip(rule.clip, rule.CLIP_EPSILON))
    if rule.clip_value is not None:
        steps.insert(0, optax.clip(rule.clip_value))
    if rule.name == "adamw":
        steps.append(decayed(decays))
    return optax.chain(*steps)


def clip(limit: float, epsilon: float) -> optax.GradientTransformation:
    """Scale all gradients by ``min(1, limit / (norm + epsilon))``, the norm being the global one.

    ``optax.clip_by_global_norm`` has no epsilon.
    """

    def update(gradients: optax.Updates, params: optax.Params | None = None) -> optax.Updates:
        scale = jnp.minimum(1, limit / (optax.tree.norm(gradients) + epsilon))
        return jax.tree.map(lambda g: g * scale, gradients)

    return optax.stateless(update)


def decayed(decays: Any) -> optax.GradientTransformation:
    """Add λ θ to each direction; the mask of ``optax.add_decayed_weights`` is for whole arrays."""

    def update(directions: optax.Updates, params: optax.Params | None = None) -> optax.Updates:
        def add(direction: Any, decay: Any, param: Any) -> Any:
            return direction + jnp.asarray(decay, param.dtype) * param

        return jax.tree.map(add, directions, decays, params)

    return optax.stateless(update)


def _direction(rule: Optimizer) -> optax.GradientTransformation:
    match rule.name:
        case "sgd":
            return optax.trace(rule.momentum, nesterov=rule.nesterov)
        case "rmsprop":
            return optax.scale_by_rms(rule.ALPHA, eps=rule.EPSILON, eps_in_sqrt=False)
        case "adam" | "adamw":
            b1, b2 = rule.BETAS
            return optax.scale_by_adam(b1=b1, b2=b2, eps=rule.EPSILON)
