"""The kernel in JAX."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from rnnbench import LSTM
from rnnbench_jax.backend import JaxBackend

from .conftest import INPUTS, InAFramework, arguments, recurrence


class TestKernel(InAFramework):
    backend = JaxBackend


def test_a_tape_that_is_read_twice_is_copied() -> None:
    """Two gradients of one forward: XLA sees that the first may not overwrite what both read."""
    cell = LSTM()
    native = recurrence(JaxBackend(), cell, 4)
    *weights, xs, h, c = map(jnp.float32, arguments(cell, 3, 2, 4))
    params = dict(zip(cell.shapes(INPUTS, 4), weights, strict=True))

    @jax.jit
    def both(xs: jax.Array) -> tuple[jax.Array, jax.Array]:
        ys, back = jax.vjp(lambda xs: native.apply(params, xs, (h, c))[0], xs)
        return back(ys)[0], back(2 * ys)[0]

    one, two = both(xs)
    assert jnp.abs(one).max() > 0
    assert jnp.allclose(2 * one, two)
