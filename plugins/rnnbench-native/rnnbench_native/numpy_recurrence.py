"""The variant ``numpy:native``: the kernel as one differentiable step of ``autograd``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from autograd.extend import defvjp_argnums, primitive
from autograd.tracer import isbox

from rnnbench import Array, Backend, Layer, State
from rnnbench_native.calls import Arrays, Call, Tapes
from rnnbench_native.layer import NativeRecurrence, native_layer


@primitive  # type: ignore[untyped-decorator]
def _forward(call: Call, tapes: Tapes | None, *arrays: np.ndarray) -> Arrays:
    return call.forward(arrays, tapes)


# A primitive without a gradient of its own: a second derivative is refused, not taken as zero.
@primitive  # type: ignore[untyped-decorator]
def _backward(
    call: Call, argnums: tuple[int, ...], ys: np.ndarray, gradients: Arrays, *arrays: np.ndarray
) -> tuple[np.ndarray | None, ...]:
    wants_xs = 2 + len(call.layer.weights) in argnums
    found = (None, None, *call.backward(arrays, ys, gradients, wants_xs))
    return tuple(found[k] for k in argnums)


def _forward_vjp(
    argnums: tuple[int, ...], answer: Arrays, arguments: tuple[Any, ...], keywords: dict[str, Any]
) -> Callable[[Arrays], Any]:
    call, _, *arrays = arguments
    return lambda gradients: _backward(call, argnums, answer[0], gradients, *arrays)


defvjp_argnums(_forward, _forward_vjp)


class NumpyRecurrence(NativeRecurrence):
    """One layer; what a gradient needs is kept only where one is asked for."""

    tapes = Tapes()

    def apply(
        self,
        params: Any,
        xs: Array,
        state: State,
        mask: Array | None = None,
        context: tuple[Array, ...] = (),
    ) -> tuple[Array, State]:
        """Run over ``xs (T, B, I)``."""
        arrays = (*(params[name] for name in self.layer.weights), xs, *state)
        tapes = self.tapes if any(map(isbox, arrays)) else None
        results = _forward(Call(self.layer, mask), tapes, *arrays)
        return results[0], tuple(results[1 + k] for k in range(self.layer.parts))


def recurrence(backend: Backend, layer: Layer) -> NumpyRecurrence:
    """Return the kernel of a layer for NumPy.

    Raises:
        Unsupported: if it can't compute it, or was never built.
    """
    return NumpyRecurrence(native_layer(backend, layer), backend.put)
