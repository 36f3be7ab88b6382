"""The core's namespace on JAX: ``jax.numpy``, whose functions carry the array API's names."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import lax

Array = jax.Array


class JaxNamespace:
    """:class:`~rnnbench.namespace.Namespace` on JAX arrays, traced or not."""

    abs = staticmethod(jnp.abs)
    broadcast_to = staticmethod(jnp.broadcast_to)
    concat = staticmethod(jnp.concat)
    cos = staticmethod(jnp.cos)
    exp = staticmethod(jnp.exp)
    expand_dims = staticmethod(jnp.expand_dims)
    flip = staticmethod(jnp.flip)
    log = staticmethod(jnp.log)
    log1p = staticmethod(jnp.log1p)
    matmul = staticmethod(jnp.matmul)
    max = staticmethod(jnp.max)
    maximum = staticmethod(jnp.maximum)
    mean = staticmethod(jnp.mean)
    minimum = staticmethod(jnp.minimum)
    ones_like = staticmethod(jnp.ones_like)
    permute_dims = staticmethod(jnp.permute_dims)
    relu = staticmethod(jax.nn.relu)
    reshape = staticmethod(jnp.reshape)
    sigmoid = staticmethod(jax.nn.sigmoid)
    sign = staticmethod(jnp.sign)
    sin = staticmethod(jnp.sin)
    sqrt = staticmethod(jnp.sqrt)
    square = staticmethod(jnp.square)
    squeeze = staticmethod(jnp.squeeze)
    stack = staticmethod(jnp.stack)
    stop_gradient = staticmethod(lax.stop_gradient)
    sum = staticmethod(jnp.sum)
    take = staticmethod(jnp.take)
    take_along_axis = staticmethod(jnp.take_along_axis)
    tanh = staticmethod(jnp.tanh)
    unstack = staticmethod(jnp.unstack)
    where = staticmethod(jnp.where)
    zeros_like = staticmethod(jnp.zeros_like)

    @staticmethod
    def one_hot(indices: Array, classes: int, like: Array) -> Array:
        """Rows of the identity matrix."""
        return jax.nn.one_hot(indices, classes, dtype=like.dtype)
