"""The variant ``tensorflow:native``: the kernel as an operation with a gradient of its own."""

from __future__ import annotations

from functools import cache
from typing import Any

import tensorflow as tf

from rnnbench import Array, Backend, Layer, State, copied, tree_map
from rnnbench_native.bindings import compiled
from rnnbench_native.layer import NativeLayer, NativeRecurrence, native_layer

#: The order of ``csrc/binding.h``.
INPUTS = ("xs", "w_x", "w_h", "b", "b_hn", "h", "c")


class TensorFlowRecurrence(NativeRecurrence):
    """One layer; native parameters are a dict of variables."""

    def apply(
        self,
        params: Any,
        xs: Array,
        state: State,
        mask: Array | None = None,
        context: tuple[Array, ...] = (),
    ) -> tuple[Array, State]:
        """Run over ``xs (T, B, I)``."""
        names = (*self.layer.weights, "xs", *("h", "c")[: self.layer.parts])
        arrays = [tf.convert_to_tensor(params[name]) for name in self.layer.weights]
        ys, *last = run(self.layer, names, mask, [*arrays, xs, *state])
        return ys, tuple(last)


def run(layer: NativeLayer, names: tuple[str, ...], mask: Array | None, arrays: list[Array]) -> Any:
    """Return the outputs and the final state, with their gradient attached."""
    there = tf.zeros((0,), tf.bool) if mask is None else mask

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def differentiable(*arrays: Array) -> Any:
        given = [dict(zip(names, arrays, strict=True)).get(n, empty(layer)) for n in INPUTS]
        tape = layer.tape_width
        ys, h, c, kept = operations().rnnbench_forward(given, there, cell=layer.cell, tape=tape)
        results = tuple(
            tf.ensure_shape(result, shape)
            for result, shape in zip((ys, h, c), shapes(layer, arrays), strict=False)
        )

        def gradient(*gradients: Array) -> list[Array]:
            known = [ys, kept, *gradients, *[empty(layer)] * (2 - layer.parts)]
            found = operations().rnnbench_backward(
                given, there, known, cell=layer.cell, wants_xs=True
            )
            named = dict(zip(INPUTS, found, strict=True))
            return [tf.ensure_shape(named[n], a.shape) for n, a in zip(names, arrays, strict=True)]

        return results, gradient

    return differentiable(*arrays)


def shapes(layer: NativeLayer, arrays: tuple[Array, ...]) -> list[tuple[int, ...]]:
    """Return the shapes of the outputs and of the parts of the state."""
    steps, batch, _ = arrays[len(layer.weights)].shape
    return [(steps, batch, layer.hidden), *[(batch, layer.hidden)] * layer.parts]


def empty(layer: NativeLayer) -> Array:
    """Return a tensor without elements, which stands for none."""
    return tf.zeros((0,), layer.dtype)


@cache
def operations() -> Any:
    """Compile the binding if need be, and load its operations.

    Raises:
        Unsupported: if it can't be compiled.
    """
    flags = [*tf.sysconfig.get_compile_flags(), *tf.sysconfig.get_link_flags()]
    return tf.load_op_library(str(compiled("tensorflow", flags, tf.__version__)))


def recurrence(backend: Backend, layer: Layer) -> TensorFlowRecurrence:
    """Return the kernel of a layer for TensorFlow.

    Raises:
        Unsupported: if it can't compute it, or can't be compiled.
    """

    def variables(tree: Any) -> Any:
        return tree_map(lambda array: tf.Variable(copied(array, backend.dtype)), tree)

    made = TensorFlowRecurrence(native_layer(backend, layer), variables)
    operations()
    return made
