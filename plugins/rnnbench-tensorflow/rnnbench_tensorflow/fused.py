"""The variant ``fused``: a whole sequence as one custom gradient, compiled by XLA."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from rnnbench import Array, BPTTRecurrence, State


class FusedRecurrence(BPTTRecurrence):
    """One layer, forward and backward, each a loop in which only the recurrent product is left."""

    kernel = "XLA while loop (custom gradient)"

    def apply(
        self,
        params: Any,
        xs: Array,
        state: State,
        mask: Array | None = None,
        context: tuple[Array, ...] = (),
    ) -> tuple[Array, State]:
        """Run over ``xs (T, B, I)``, whose shape is known when the function is traced."""
        names = list(params)

        @tf.custom_gradient  # type: ignore[untyped-decorator]
        def run(xs: Array, state: State, *values: Array) -> Any:
            p = dict(zip(names, values, strict=True))
            result, passed = self.forward(p, xs, state, mask)

            def gradient(d_ys: Array, *d_final: Array) -> Any:
                d_p, d_xs, d_state = self.backward(p, xs, mask, passed, d_ys, d_final)
                return d_xs, d_state, *(d_p[name] for name in names)

            return (result[0], *result[1]), gradient

        # Tensors: a variable within would be taken for an argument that has no name.
        ys, *final = run(xs, tuple(state), *map(tf.convert_to_tensor, params.values()))
        return ys, tuple(final)


def scan(
    step: Callable[[State, Any], tuple[State, Any]],
    state: State,
    inputs: Any,
    reverse: bool = False,
) -> tuple[State, Any]:
    """Call ``step`` for each index of the first axis of ``inputs``, in a ``tf.while_loop``."""
    arrays = tf.nest.flatten(inputs)
    steps = arrays[0].shape[0]
    like = tf.nest.map_structure(lambda array: array[0], inputs)
    kept = step(state, like)[1]  # for its shapes alone: what nobody reads is not compiled
    outputs = tuple(
        tf.TensorArray(part.dtype, steps, element_shape=part.shape)
        for part in tf.nest.flatten(kept)
    )

    def body(done: Array, outputs: tuple[tf.TensorArray, ...], state: State) -> Any:
        t = steps - 1 - done if reverse else done
        now = tf.nest.pack_sequence_as(inputs, [array[t] for array in arrays])
        state, found = step(state, now)
        parts = zip(outputs, tf.nest.flatten(found), strict=True)
        return done + 1, tuple(array.write(t, part) for array, part in parts), state

    _, outputs, state = tf.while_loop(
        lambda done, *_: done < steps,
        body,
        (tf.constant(0), outputs, tuple(state)),
        maximum_iterations=steps,
    )
    return state, tf.nest.pack_sequence_as(kept, [array.stack() for array in outputs])
