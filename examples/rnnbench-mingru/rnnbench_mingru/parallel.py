"""The variant ``jax:parallel``: a linear recurrence over all time steps at once."""

from __future__ import annotations

from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from rnnbench import Backend, Layer, Recurrence, State

Array = jax.Array
#: The map ``h → a ⊙ h + b`` as the pair ``a, b``; each ``(T, B, H)`` for those of all steps.
Affine: TypeAlias = tuple[Array, Array]


class ParallelRecurrence(Recurrence):
    """minGRU by a parallel prefix scan (Blelloch 1990).

    Step t maps ``h`` to ``(1 - z_t) ⊙ h + z_t ⊙ h̃_t``, where neither ``z`` nor ``h̃`` reads ``h``.
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
        (h,) = state
        z, candidate = jnp.einsum("tbi,gih->gtbh", xs, params["w_x"]) + params["b"][:, None, None]
        z = jax.nn.sigmoid(z)
        kept, added = lax.associative_scan(compose, (1 - z, z * candidate))
        hs = kept * h + added
        return hs, (hs[-1],)


def compose(first: Affine, then: Affine) -> Affine:
    """Return the map that applies ``first`` and ``then`` in this order."""
    return first[0] * then[0], first[1] * then[0] + then[1]
