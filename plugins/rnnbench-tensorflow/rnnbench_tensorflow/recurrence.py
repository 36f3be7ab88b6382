"""The portable cell in ``tf.while_loop``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from rnnbench import Array, Cell, Namespace, Recurrence, State, advance


class LoopRecurrence(Recurrence):
    """One step of the cell per iteration; inputs and outputs go through tensor arrays.

    The gradient of a tensor array costs the same at every step; that of a slice of ``xs`` would
    be as large as ``xs``.
    """

    takes_masks = True

    def __init__(
        self, cell: Cell, xp: Namespace, variables: Callable[[Any], Any], kernel: str
    ) -> None:
        self.cell, self.xp, self.variables = cell, xp, variables
        self.kernel = kernel

    def pack(self, params: dict[str, np.ndarray]) -> dict[str, tf.Variable]:
        """Copy the parameters into variables, shaped as they are."""
        packed: dict[str, tf.Variable] = self.variables(params)
        return packed

    def apply(
        self,
        params: Any,
        xs: Array,
        state: State,
        mask: Array | None = None,
        context: tuple[Array, ...] = (),
    ) -> tuple[Array, State]:
        """Step through ``xs (T, B, I)``, whose shape is known when the function is traced.

        XLA can differentiate a loop only where a constant bounds its number of iterations.
        """
        steps = xs.shape[0]
        # Read here, once: a variable captured by the loop would be read in every iteration.
        weights = {name: tf.convert_to_tensor(value) for name, value in params.items()}
        inputs = tf.TensorArray(xs.dtype, steps, element_shape=xs.shape[1:]).unstack(xs)
        like = self.cell.output(self.xp, state)  # for its shape alone
        outputs = tf.TensorArray(xs.dtype, steps, element_shape=like.shape)

        def body(t: Array, outputs: tf.TensorArray, state: State) -> tuple[Any, ...]:
            x, there = inputs.read(t), None if mask is None else mask[t]
            state, y = advance(self.cell, self.xp, weights, x, state, there, context)
            return t + 1, outputs.write(t, y), state

        _, outputs, state = tf.while_loop(
            lambda t, *_: t < steps,
            body,
            (tf.constant(0), outputs, state),
            maximum_iterations=steps,
            parallel_iterations=1,  # each step waits for the one before it
        )
        return outputs.stack(), state
