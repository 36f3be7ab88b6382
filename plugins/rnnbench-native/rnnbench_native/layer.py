"""What the kernel computes for one layer: the same for all frameworks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from rnnbench import GRU, LSTM, Backend, Cell, Elman, Layer, Recurrence, Unsupported
from rnnbench_native import library


class NativeLayer(NamedTuple):
    """One layer as the kernel knows it.

    Attributes:
        cell: which of ``enum Cell``.
        dtype: ``float32`` or ``float64``.
        hidden: units ``H``.
        weights: the names of its parameters, canonical, in the order in which bindings take them.
        parts: of the state: h, or h and c.
        tape_width: what the kernel keeps of each step and example, in numbers.
    """

    cell: int
    dtype: str
    hidden: int
    weights: tuple[str, ...]
    parts: int
    tape_width: int

    @property
    def bytes(self) -> int:
        """The size of a number."""
        return np.dtype(self.dtype).itemsize


def number_of(cell: Cell) -> int | None:
    """Return which of ``enum Cell`` a cell is; by its class, as a subclass may compute another."""
    if type(cell) is Elman:
        return ("tanh", "relu").index(cell.activation)
    return {LSTM: 2, GRU: 3}.get(type(cell))


def native_layer(backend: Backend, layer: Layer) -> NativeLayer:
    """Return how the kernel sees a layer.

    Raises:
        Unsupported: if it can't compute it on this device, or was never built.
    """
    if backend.device != "cpu":
        raise Unsupported("the native kernel runs on the CPU alone")
    number = number_of(layer.cell)
    if number is None:
        raise Unsupported(f"the native kernel knows no {type(layer.cell).__name__}")
    size = np.dtype(backend.dtype).itemsize
    return NativeLayer(
        cell=number,
        dtype=backend.dtype,
        hidden=layer.hidden,
        weights=tuple(layer.shapes),
        parts=len(layer.state_shapes),
        tape_width=library.load().rnnbench_tape_width(number, size, layer.hidden),
    )


class NativeRecurrence(Recurrence):
    """A layer by the kernel; what differs between frameworks is how its arrays get there.

    The native parameters are the canonical ones.
    """

    takes_masks = True

    def __init__(self, layer: NativeLayer, put: Callable[[Any], Any]) -> None:
        """Prepare for one layer; ``put`` turns NumPy arrays into what the framework trains."""
        self.layer, self.put = layer, put
        self.kernel = f"C++ ({library.load().rnnbench_instructions().decode()})"

    def pack(self, params: dict[str, np.ndarray]) -> Any:
        """Return the parameters as they are, in the framework's arrays."""
        return self.put(params)
