"""The variant ``jax:native``: the kernel as a custom call of XLA with a gradient of its own."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.custom_derivatives import SymbolicZero

from rnnbench import Backend, Layer, State
from rnnbench_native.bindings import compiled
from rnnbench_native.layer import NativeLayer, NativeRecurrence, native_layer

Array = jax.Array
#: By name; those that a cell has not have no elements.
Arrays = dict[str, Array]

#: The order of ``csrc/binding.h``.
INPUTS = ("xs", "w_x", "w_h", "b", "b_hn", "h", "c", "mask")
TAPE = len(INPUTS) + 1


class JaxRecurrence(NativeRecurrence):
    """One layer; a call within what is compiled, whose arrays are XLA's own."""

    def __init__(self, layer: NativeLayer, put: Callable[[Any], Any]) -> None:
        """Prepare for one layer."""
        super().__init__(layer, put)
        register()
        self.run = differentiable(layer)

    def apply(
        self,
        params: Any,
        xs: Array,
        state: State,
        mask: Array | None = None,
        context: tuple[Array, ...] = (),
    ) -> tuple[Array, State]:
        """Run over ``xs (T, B, I)``."""
        arrays = {name: params[name] for name in self.layer.weights} | {"xs": xs}
        arrays |= dict(zip(("h", "c"), state, strict=False))
        ys, *last = self.run(arrays, mask)
        return ys, tuple(last)


def differentiable(layer: NativeLayer) -> Callable[[Arrays, Array | None], tuple[Array, ...]]:
    """Return ``run(arrays, mask) -> (ys, *final state)`` with its gradient attached."""

    @jax.custom_vjp
    def run(arrays: Arrays, mask: Array | None) -> tuple[Array, ...]:
        return forward(layer, arrays, mask, tape=0)[: 1 + layer.parts]

    def run_forward(arrays: Any, mask: Any) -> tuple[tuple[Array, ...], Any]:
        own = {name: given.value for name, given in arrays.items()}
        there = None if mask is None else mask.value
        results = forward(layer, own, there, layer.tape_width)
        # What is static must be told by the structure of what is kept.
        wants_xs = () if arrays["xs"].perturbed else None
        return results[: 1 + layer.parts], (own, there, results[0], results[3], wants_xs)

    def run_backward(kept: Any, gradients: Any) -> tuple[Arrays, None]:
        arrays, mask, ys, tape, wants_xs = kept
        known = (ys, tape, *map(instantiated, gradients))
        return backward(layer, arrays, mask, known, wants_xs is not None), None

    run.defvjp(run_forward, run_backward, symbolic_zeros=True)
    return run


def forward(layer: NativeLayer, arrays: Arrays, mask: Array | None, tape: int) -> tuple[Array, ...]:
    """Return the outputs, h and c after the last step, and the tape; without elements if not had.

    Args:
        layer: the layer.
        arrays: the weights, the inputs, the state.
        mask: false at padding, or None.
        tape: its width; 0 if no gradient will be asked for.
    """
    steps, batch, _ = arrays["xs"].shape
    shapes = [
        (steps, batch, layer.hidden),
        (batch, layer.hidden),
        arrays["c"].shape if "c" in arrays else (0,),
        (steps, batch, tape) if tape else (0,),
    ]
    results = call("rnnbench_jax_forward", layer, shapes, inputs(layer, arrays, mask))
    return tuple(results)


def backward(
    layer: NativeLayer, arrays: Arrays, mask: Array | None, known: tuple[Array, ...], wants_xs: bool
) -> Arrays:
    """Return the gradients of ``arrays``; zero for the inputs if they are not wanted.

    Args:
        layer: the layer.
        arrays: what :func:`forward` was given.
        mask: likewise.
        known: the outputs, the tape, and the gradients of outputs and final state.
        wants_xs: whether the gradient of the inputs is wanted.
    """
    first = inputs(layer, arrays, mask)
    given = [*first, *known] + [empty(layer)] * (2 - layer.parts)
    shapes = [known[1].shape, *(array.shape for array in first[:-1])]
    if not wants_xs:
        shapes[1] = (0,)
    _, *found = call("rnnbench_jax_backward", layer, shapes, given, input_output_aliases={TAPE: 0})
    gradients = {name: g for name, g in zip(INPUTS, found, strict=False) if name in arrays}
    return gradients if wants_xs else gradients | {"xs": jnp.zeros_like(arrays["xs"])}


def inputs(layer: NativeLayer, arrays: Arrays, mask: Array | None) -> list[Array]:
    """Return what both functions take first, in their order."""
    there = jnp.zeros((0,), bool) if mask is None else mask
    return [*(arrays.get(name, empty(layer)) for name in INPUTS[:-1]), there]


def empty(layer: NativeLayer) -> Array:
    """Return an array without elements, which stands for none."""
    return jnp.zeros((0,), layer.dtype)


def instantiated(gradient: Any) -> Array:
    """Return a gradient that is known to be zero as an array of zeros."""
    if isinstance(gradient, SymbolicZero):
        return jnp.zeros(gradient.shape, gradient.dtype)
    given: Array = gradient
    return given


def call(
    name: str, layer: NativeLayer, shapes: list[tuple[int, ...]], given: list[Array], **how: Any
) -> Any:
    """Call a function of the library, whose results have these shapes."""
    results = [jax.ShapeDtypeStruct(shape, layer.dtype) for shape in shapes]
    sizes = {"cell": layer.cell, "bytes": layer.bytes, "hidden": layer.hidden}
    attributes = {key: np.int64(size) for key, size in sizes.items()}
    return jax.ffi.ffi_call(name, results, **how)(*given, **attributes)


@cache
def register() -> None:
    """Compile the binding if need be, and tell XLA of its functions.

    Raises:
        Unsupported: if it can't be compiled.
    """
    flags = ["-std=c++17", "-isystem", jax.ffi.include_dir()]
    binding = ctypes.CDLL(str(compiled("jax", flags, jax.__version__)))
    for name in ("rnnbench_jax_forward", "rnnbench_jax_backward"):
        jax.ffi.register_ffi_target(name, jax.ffi.pycapsule(getattr(binding, name)), platform="cpu")


def recurrence(backend: Backend, layer: Layer) -> JaxRecurrence:
    """Return the kernel of a layer for JAX.

    Raises:
        Unsupported: if it can't compute it, or can't be compiled.
    """
    return JaxRecurrence(native_layer(backend, layer), backend.put)
