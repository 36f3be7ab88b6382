"""The kernel on NumPy arrays: for NumPy, and for PyTorch, whose tensors share their memory."""

from __future__ import annotations

import ctypes
import weakref
from typing import Any, TypeAlias

import numpy as np

from rnnbench_native import library
from rnnbench_native.layer import NativeLayer

Arrays: TypeAlias = tuple[np.ndarray, ...]


class Tapes:
    """Memory for tapes, kept when it is free again, so that the next pass finds it mapped."""

    def __init__(self) -> None:
        self._free: dict[tuple[tuple[int, ...], str], list[np.ndarray]] = {}

    def lend(self, user: object, shape: tuple[int, ...], dtype: str) -> np.ndarray:
        """Return memory that is ``user``'s for as long as that lives."""
        free = self._free.setdefault((shape, dtype), [])
        tape = free.pop() if free else np.empty(shape, dtype)
        weakref.finalize(user, free.append, tape)
        return tape


class Call:
    """One sequence, forward and then, once, backward."""

    def __init__(self, layer: NativeLayer, mask: np.ndarray | None) -> None:
        """Prepare for one sequence, with booleans ``(T, B)`` that are false at padding."""
        self.layer, self.spent = layer, False
        self.mask = None if mask is None else np.ascontiguousarray(mask)
        self.tape: np.ndarray | None = None

    def forward(self, arrays: Arrays, tapes: Tapes | None) -> Arrays:
        """Return the outputs ``(T, B, H)`` and the parts of the final state.

        Args:
            arrays: the weights, the inputs, the parts of the state.
            tapes: where to keep what backward needs; None if it will not be called.
        """
        named = self._named(arrays)
        steps, batch, _ = named["xs"].shape
        if tapes is not None:
            width = self.layer.tape_width
            self.tape = tapes.lend(self, (steps, batch, width), self.layer.dtype)
        ys = np.empty((steps, batch, self.layer.hidden), self.layer.dtype)
        last = tuple(map(np.empty_like, (named[name] for name in self._state)))
        ends = dict(zip(("h_last", "c_last"), last, strict=False))
        self._run("rnnbench_forward", named | {"ys": ys} | ends)
        return ys, *last

    def backward(
        self, arrays: Arrays, ys: np.ndarray, gradients: Arrays, wants_xs: bool
    ) -> tuple[np.ndarray | None, ...]:
        """Return the gradients of ``arrays``; of the inputs None, where they are not wanted.

        Args:
            arrays: what ``forward`` was given.
            ys: the outputs.
            gradients: those of what ``forward`` returned.
            wants_xs: whether the gradient of the inputs is.

        Raises:
            RuntimeError: the second time, as the first overwrites what it needs.
        """
        if self.spent:
            raise RuntimeError("the native kernel goes back through a sequence once only")
        self.spent = True
        named = self._named(arrays)
        given = dict(zip(("d_ys", "d_h_last", "d_c_last"), self._owned(gradients), strict=False))
        wanted = [name for name in named if name != "xs" or wants_xs]
        found = {f"d_{name}": np.empty_like(named[name]) for name in wanted}
        self._run("rnnbench_backward", named | {"ys": ys} | given | found)
        return tuple(found.get(f"d_{name}") for name in named)

    @property
    def _state(self) -> tuple[str, ...]:
        return ("h", "c")[: self.layer.parts]

    def _named(self, arrays: Arrays) -> dict[str, np.ndarray]:
        names = (*self.layer.weights, "xs", *self._state)
        return dict(zip(names, self._owned(arrays), strict=True))

    def _owned(self, arrays: Arrays) -> list[np.ndarray]:
        """Return arrays as the kernel reads them: contiguous, of its dtype."""
        return [np.ascontiguousarray(array, self.layer.dtype) for array in arrays]

    def _run(self, function: str, named: dict[str, np.ndarray]) -> None:
        """Call a function of the library.

        Raises:
            MemoryError: if there is not enough memory for it.
        """
        steps, batch, inputs = named["xs"].shape
        extra = {"tape": self.tape, "mask": self.mask}
        addresses: dict[str, Any] = {
            name: array.ctypes.data for name, array in (named | extra).items() if array is not None
        }
        call = library.Sequence(
            cell=self.layer.cell,
            bytes=self.layer.bytes,
            steps=steps,
            batch=batch,
            inputs=inputs,
            hidden=self.layer.hidden,
            **addresses,
        )
        if getattr(library.load(), function)(ctypes.byref(call)):
            raise MemoryError("not enough memory, or no threads, for the native kernel")
