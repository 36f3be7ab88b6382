"""The variant ``fused``: a whole sequence with a backward pass written by hand.

Backpropagation through time in its classic form (Werbos 1990), arranged for large products:

- the input's product ``x W_x`` of all steps is one GEMM before the loop, which adds the bias as
  it goes (added before, the bias would cost a pass over ``(T, B, G·H)``);
- the forward ``lax.scan`` keeps the activated gates, the backward one reads them;
- what the backward loop computes is ``d_a (T, B, G·H)``; each weight gradient is one GEMM of it
  after the loop, as is the gradient of the inputs.

Automatic differentiation of a scan accumulates the weight gradients step by step instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from rnnbench import Layer, Recurrence, State
from rnnbench_jax.pointwise import Pointwise

Array = jax.Array
Weights: TypeAlias = dict[str, Array]


class FusedRecurrence(Recurrence):
    """One layer with the gates side by side: ``w_x (I, G·H)``, ``w_h (H, G·H)``, ``b (G·H,)``."""

    kernel = "lax.scan (custom VJP)"

    def __init__(self, layer: Layer, part: Pointwise, put: Callable[[Any], Any]) -> None:
        self.put = put
        self.gates = layer.cell.gates
        self.order = [self.gates.index(gate) for gate in part.gates]
        self.run = differentiable(part)

    def pack(self, params: dict[str, np.ndarray]) -> Any:
        """Lay the gates side by side along the last axis."""

        def merge(array: np.ndarray) -> np.ndarray:  # (G, ..., H) → (..., G·H)
            moved = np.moveaxis(array[self.order], 0, -2)
            return moved.reshape(*moved.shape[:-2], -1)

        rest = {name: array for name, array in params.items() if name not in ("w_x", "w_h", "b")}
        return self.put({name: merge(params[name]) for name in ("w_x", "w_h", "b")} | rest)

    def unpack(self, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Give the gates their own first axis again."""

        def split(array: np.ndarray) -> np.ndarray:  # (..., G·H) → (G, ..., H)
            parts = array.reshape(*array.shape[:-1], len(self.order), -1)
            return np.moveaxis(parts, -2, 0)[np.argsort(self.order)]

        return {
            name: split(array) if name in ("w_x", "w_h", "b") else array
            for name, array in arrays.items()
        }

    def apply(
        self,
        params: Weights,
        xs: Array,
        state: State,
        mask: Array | None = None,
        context: tuple[Array, ...] = (),
    ) -> tuple[Array, State]:
        """Run over ``xs (T, B, I)``."""
        return self.run(params, xs, state)


def differentiable(part: Pointwise) -> Callable[[Weights, Array, State], tuple[Array, State]]:
    """Return ``run(p, xs, state) -> (ys, final state)`` with its gradient attached."""

    @jax.custom_vjp
    def run(p: Weights, xs: Array, state: State) -> tuple[Array, State]:
        result, _ = forward(p, xs, state)  # gates that nobody reads are never stored
        return result

    def forward(p: Weights, xs: Array, state: State) -> tuple[tuple[Array, State], Any]:
        def step(before: State, x: Array) -> tuple[State, Any]:
            after, gates = part.forward(p, x + p["b"], before[0] @ p["w_h"], before)
            return after, (after, gates)

        products = (rows(xs) @ p["w_x"]).reshape(*xs.shape[:2], -1)
        final, (states, gates) = lax.scan(step, state, products)
        return (states[0], final), (p, xs, state, states, gates)

    def backward(saved: Any, gradient: tuple[Array, State]) -> tuple[Weights, Array, State]:
        p, xs, state, states, gates = saved
        d_ys, d_final = gradient
        befores = jax.tree.map(
            lambda first, later: jnp.concatenate([first[None], later[:-1]]), state, states
        )

        def step(d_state: State, now: Any) -> tuple[State, Array]:
            d_y, gates, before, after = now
            d_a, direct = part.backward(gates, before, after, (d_state[0] + d_y, *d_state[1:]))
            d_h = direct[0] + part.recurrent(gates, d_a) @ p["w_h"].T
            return (d_h, *direct[1:]), d_a

        d_state, d_a = lax.scan(step, d_final, (d_ys, gates, befores, states), reverse=True)
        d_r = part.recurrent(gates, d_a)
        d_p = {
            "w_x": rows(xs).T @ rows(d_a),
            "w_h": rows(befores[0]).T @ rows(d_r),
            "b": rows(d_a).sum(0),
        }
        d_xs = (rows(d_a) @ p["w_x"].T).reshape(xs.shape)
        return d_p | part.extra(d_r), d_xs, d_state

    run.defvjp(forward, backward)
    return run


def rows(x: Array) -> Array:
    """Merge time and batch: ``(T, B, N)`` to ``(T·B, N)``."""
    return x.reshape(-1, x.shape[-1])
