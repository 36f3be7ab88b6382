"""The variant ``jax:pooling``: the QRNN over all time steps at once."""

from __future__ import annotations

from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from rnnbench import Backend, Layer, Recurrence, State

Array = jax.Array
#: The map ``c → a ⊙ c + b`` as the pair ``a, b``; each ``(T, B, H)`` for those of all steps.
Affine: TypeAlias = tuple[Array, Array]


class PoolingRecurrence(Recurrence):
    """The QRNN by a parallel prefix scan (Blelloch 1990).

    Step t maps ``c`` to ``f_t ⊙ c + (1 - f_t) ⊙ z_t``, where neither ``f`` nor ``z`` reads ``c``.
    Such maps compose into one of their kind, and composing them is associative: all prefixes take
    O(log T) steps of O(T) work in all, where a loop takes T. Gradients are JAX's.
    """

    kernel = "lax.associative_scan"

    def __init__(self, backend: Backend, layer: Layer) -> None:
        self.put = backend.put

    def pack(self, params: dict[str, np.ndarray]) -> Any:
        """Put the parameters on the device as they are."""
        return self.put(params)

    def apply(
        self,
        params: Any,
        xs: Array,
        state: State,
        mask: Array | None = None,
        context: tuple[Array, ...] = (),
    ) -> tuple[Array, State]:
        """Run over ``xs (T, B, I)``: one product for all steps, then the scan."""
        _, c = state
        z, f, o = jnp.einsum("tbi,gih->gtbh", xs, params["w_x"]) + params["b"][:, None, None]
        z, f, o = jnp.tanh(z), jax.nn.sigmoid(f), jax.nn.sigmoid(o)
        kept, added = lax.associative_scan(compose, (f, (1 - f) * z))
        cs = kept * c + added
        hs = o * cs
        return hs, (hs[-1], cs[-1])


def compose(first: Affine, then: Affine) -> Affine:
    """Return the map that applies ``first`` and ``then`` in this order."""
    return first[0] * then[0], first[1] * then[0] + then[1]
