"""The variant ``scan``: the portable cell in ``lax.scan``, differentiated by JAX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import numpy as np
from jax import lax

from rnnbench import Cell, Namespace, Recurrence, State, advance

Array = jax.Array


class ScanRecurrence(Recurrence):
    """One layer of any cell, with its canonical parameters."""

    kernel = "lax.scan"
    takes_masks = True

    def __init__(self, cell: Cell, xp: Namespace, put: Callable[[Any], Any]) -> None:
        self.cell = cell
        self.xp = xp
        self.put = put

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
        """Scan over ``xs (T, B, I)``."""

        def step(state: State, now: tuple[Array, Array | None]) -> tuple[State, Array]:
            x, there = now
            return advance(self.cell, self.xp, params, x, state, there, context)

        final, ys = lax.scan(step, state, (xs, mask))
        return ys, final
