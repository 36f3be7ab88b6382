"""The variant ``fused``: a whole sequence in ``lax.scan`` with a backward pass written by hand."""

from __future__ import annotations

from typing import Any, TypeAlias

import jax

from rnnbench import BPTTRecurrence, State

Array = jax.Array
Weights: TypeAlias = dict[str, Array]
Arguments: TypeAlias = tuple[Weights, Array, State, Array | None]


class FusedRecurrence(BPTTRecurrence):
    """One layer, forward and backward, each a scan in which only the recurrent product is left."""

    kernel = "lax.scan (custom VJP)"

    def apply(
        self,
        params: Weights,
        xs: Array,
        state: State,
        mask: Array | None = None,
        context: tuple[Array, ...] = (),
    ) -> tuple[Array, State]:
        """Run over ``xs (T, B, I)``."""

        @jax.custom_vjp
        def run(*arguments: Any) -> tuple[Array, State]:
            return self.forward(*arguments)[0]  # gates that nobody reads are never stored

        def forward(*arguments: Any) -> tuple[tuple[Array, State], Any]:
            result, passed = self.forward(*arguments)
            return result, (arguments, passed)

        def backward(saved: Any, gradient: tuple[Array, State]) -> Any:
            (p, xs, _, mask), passed = saved
            return (*self.backward(p, xs, mask, passed, *gradient), None)

        run.defvjp(forward, backward)
        return run(params, xs, state, mask)
