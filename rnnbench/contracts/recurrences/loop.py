"""The portable loop over time, for a backend without one of its own."""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat
from typing import Any

import numpy as np

from rnnbench.models.arrays.array_functions import Array, Namespace, State
from rnnbench.models.cell import Cell, advance
from rnnbench.models.kernel import Recurrence


class LoopRecurrence(Recurrence):
    """The portable cell in a Python loop over time. Parameters stay canonical."""

    takes_masks = True

    def __init__(
        self, cell: Cell, xp: Namespace, put: Callable[[Any], Any], kernel: str = "Python loop"
    ) -> None:
        self.cell, self.xp, self.put, self.kernel = cell, xp, put, kernel

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
        """Step through time and stack the outputs."""
        outputs = []
        # Not xs[t]: the gradient of each such slice would be as large as the whole of xs.
        steps = self.xp.unstack(xs)
        theres = repeat(None) if mask is None else self.xp.unstack(mask)
        for x, there in zip(steps, theres, strict=False):
            state, y = advance(self.cell, self.xp, params, x, state, there, context)
            outputs.append(y)
        return self.xp.stack(outputs), state
