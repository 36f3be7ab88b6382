"""The portable loop over time, and packing for backends that use it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnnbench.contracts.info import BackendInfo as BackendInfo
from rnnbench.contracts.info import KernelInfo as KernelInfo
from rnnbench.models.cell import Cell, State
from rnnbench.models.layer import Ops, Recurrence
from rnnbench.models.namespace import Array, Namespace
from rnnbench.models.trees import Params


class LoopRecurrence(Recurrence):
    """The portable cell in a Python loop over time, for a backend without a loop of its own.

    Parameters stay canonical, at the backend's dtype.
    """

    def __init__(
        self, cell: Cell, xp: Namespace, put: Callable[[Any], Any], kernel: str = "Python loop"
    ) -> None:
        self.cell, self.xp, self.put, self.kernel = cell, xp, put, kernel

    def pack(self, params: dict[str, np.ndarray]) -> Any:
        """Put the parameters on the device as they are."""
        return self.put(params)

    def apply(self, params: Any, xs: Array, state: State) -> tuple[Array, State]:
        """Step through time and stack the outputs."""
        outputs = []
        # Not xs[t]: the gradient of each such slice would be as large as the whole of xs.
        for x in self.xp.unstack(xs):
            state = self.cell.step(self.xp, params, x, state)
            outputs.append(state[0])
        return self.xp.stack(outputs), state


def pack(ops: Ops, params: Params, put: Callable[[Any], Any]) -> dict[str, Any]:
    """Return ``params`` in native form: layers through their recurrence, other groups as they are.

    Args:
        ops: the recurrences, one per layer.
        params: canonical NumPy parameters.
        put: turns the arrays of a group that belongs to no layer into own ones.
    """
    native = {name: put(group) for name, group in params.items() if not name.startswith("layers.")}
    layers = {f"layers.{k}": r.pack(params[f"layers.{k}"]) for k, r in enumerate(ops.recurrences)}
    return native | layers


def unpack(ops: Ops, arrays: Params) -> Params:
    """Return canonical parameters (or gradients) from the NumPy arrays of the native ones."""
    layers = {f"layers.{k}": r.unpack(arrays[f"layers.{k}"]) for k, r in enumerate(ops.recurrences)}
    return arrays | layers
