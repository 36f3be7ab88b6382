"""The core's optimizers in optax.

The formulas and defaults are those of :class:`rnnbench.Optimizer`. ``optax.rmsprop``
computes them with ``eps_in_sqrt=False`` and a decay of 0.99 (its own default is 0.9); its ``sgd``
and ``adam`` do as they are.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import optax

from rnnbench import Optimizer


def transformation(rule: Optimizer) -> optax.GradientTransformation:
    """Return ``rule``, clipping included, as a gradient transformation."""
    update = _update(rule)
    return update if rule.clip is None else optax.chain(clip(rule.clip, rule.CLIP_EPSILON), update)


def clip(limit: float, epsilon: float) -> optax.GradientTransformation:
    """Scale all gradients by ``min(1, limit / (norm + epsilon))``, the norm being the global one.

    ``optax.clip_by_global_norm`` has no epsilon.
    """

    def update(gradients: optax.Updates, params: optax.Params | None = None) -> optax.Updates:
        scale = jnp.minimum(1, limit / (optax.tree.norm(gradients) + epsilon))
        return jax.tree.map(lambda g: g * scale, gradients)

    return optax.stateless(update)


def _update(rule: Optimizer) -> optax.GradientTransformation:
    match rule.name:
        case "sgd":
            return optax.sgd(rule.lr, momentum=rule.momentum)
        case "rmsprop":
            return optax.rmsprop(rule.lr, decay=rule.ALPHA, eps=rule.EPSILON, eps_in_sqrt=False)
        case "adam":
            b1, b2 = rule.BETAS
            return optax.adam(rule.lr, b1=b1, b2=b2, eps=rule.EPSILON)
