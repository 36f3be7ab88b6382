"""The variant ``fused``: a hand-written kernel as one differentiable step of ``autograd``."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from autograd.extend import defvjp_argnums, primitive
from autograd.tracer import isbox

from rnnbench import GRU, LSTM, Array, Cell, Elman, Layer, Recurrence, State
from rnnbench_numpy import layout
from rnnbench_numpy.elman import ReluKernel, TanhKernel
from rnnbench_numpy.gru import GRUKernel
from rnnbench_numpy.kernel import Arrays, Kernel, Shape
from rnnbench_numpy.lstm import LSTMKernel

ELMAN: dict[str, type[Kernel]] = {"tanh": TanhKernel, "relu": ReluKernel}


def kernel_for(cell: Cell) -> type[Kernel] | None:
    """Return the kernel of ``cell``; by its exact class, as a subclass may have other equations."""
    if type(cell) is LSTM:
        return LSTMKernel
    if type(cell) is GRU:
        return GRUKernel
    return ELMAN.get(cell.activation) if type(cell) is Elman else None


class Call:
    """One use of a kernel: for as long as it lives, a gradient may still be asked for."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel

    def split(self, arrays: Arrays) -> tuple[Arrays, np.ndarray, Arrays]:
        """Return the weights, the inputs and the state that ``arrays`` holds in this order."""
        weights = len(self.kernel.weights)
        return arrays[:weights], arrays[weights], arrays[weights + 1 :]


class Loan(NamedTuple):
    """A kernel, and the call that it was last lent to."""

    kernel: Kernel
    user: weakref.ref[Call]


@primitive  # type: ignore[untyped-decorator]
def _forward(call: Call, *arrays: np.ndarray) -> Arrays:
    return call.kernel.forward(*call.split(arrays))


# A primitive without a gradient of its own: a second derivative is refused, not taken as zero.
@primitive  # type: ignore[untyped-decorator]
def _backward(
    call: Call, argnums: tuple[int, ...], gradients: Arrays, *arrays: np.ndarray
) -> tuple[np.ndarray | None, ...]:
    weights, _, _ = call.split(arrays)
    wants_xs = 1 + len(weights) in argnums
    found = call.kernel.backward(weights, wants_xs, gradients)
    by_argument = (None, *found.weights, found.xs, *found.state)
    return tuple(by_argument[k] for k in argnums)


def _forward_vjp(
    argnums: tuple[int, ...], answer: Arrays, arguments: tuple[Any, ...], keywords: dict[str, Any]
) -> Callable[[Arrays], Any]:
    call, *arrays = arguments
    return lambda gradients: _backward(call, argnums, gradients, *arrays)


defvjp_argnums(_forward, _forward_vjp)


class FusedRecurrence(Recurrence):
    """A hand-written kernel whose buffers are made once for a shape and used again.

    What is returned is never overwritten. A call whose gradient may still be asked for keeps its
    buffers to itself: a second forward before the first's backward gets others.
    """

    def __init__(self, layer: Layer, kernel: type[Kernel], dtype: str) -> None:
        self.layer, self.kernel_type, self.dtype = layer, kernel, dtype
        self.kernel = "hand-written BPTT (BLAS)"
        self._latest: dict[bool, Loan] = {}  # by Shape.keep

    def pack(self, params: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Join the gates and the weights to one matrix, at the backend's dtype."""
        packed = layout.pack(self.layer, self.kernel_type, params)
        return {name: np.array(array, self.dtype) for name, array in packed.items()}

    def unpack(self, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Part the matrix again."""
        return layout.unpack(self.layer, self.kernel_type, arrays)

    def apply(
        self,
        params: Any,
        xs: Array,
        state: State,
        mask: Array | None = None,
        context: tuple[Array, ...] = (),
    ) -> tuple[Array, State]:
        """Run over a sequence; without a gradient to come, nothing is kept for one."""
        arrays = (*(params[name] for name in self.kernel_type.weights), xs, *state)
        shape = Shape(xs.shape[0], xs.shape[1], keep=any(isbox(a) for a in arrays))
        call = self._call(shape)
        run = _forward if shape.keep else _forward.fun  # without a gradient to come, as it is
        results = run(call, *arrays)
        ys = results[0]
        return ys, (ys[-1], *(results[k] for k in range(1, len(state))))

    def _call(self, shape: Shape) -> Call:
        """Return a call on the latest kernel of its kind if free and fitting, or on a new one."""
        latest = self._latest.get(shape.keep)
        if latest is None or latest.kernel.shape != shape or latest.user() is not None:
            kernel = self.kernel_type(self.layer, shape, self.dtype)
        else:
            kernel = latest.kernel
        call = Call(kernel)
        self._latest[shape.keep] = Loan(kernel, weakref.ref(call))
        return call
