"""A model with its parameters as TensorFlow functions, traced once per shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np
import tensorflow as tf

from rnnbench import (
    Array,
    Batch,
    Model,
    Native,
    Ops,
    Optimizer,
    Params,
    Program,
    States,
    pack,
    unpack,
)
from rnnbench_tensorflow.optimizers import RULES, clipped
from rnnbench_tensorflow.recurrence import TensorFlowRecurrence

if TYPE_CHECKING:
    from rnnbench_tensorflow.backend import TensorFlowBackend

#: Native parameters: group → name → variable.
Variables: TypeAlias = dict[str, dict[str, tf.Variable]]
#: One entry per variable, in the order of groups and names.
Flat: TypeAlias = list[Any]


class TensorFlowProgram(Program):
    """Three functions over one set of variables.

    The train step calls the gradient's function, which TensorFlow inlines: one graph is run per
    step, and the gradient is traced once for both.
    """

    def __init__(
        self,
        model: Model,
        ops: Ops,
        params: Params,
        rule: Optimizer,
        backend: TensorFlowBackend,
        *,
        xla: bool,
    ) -> None:
        self.model, self.ops, self.rule, self.backend = model, ops, rule, backend
        self.kernel = ops.recurrences[0].kernel
        with backend.scope():
            self.native = pack(ops, params, backend.variables)
            self.variables = named(self.native)
            self.flat = flatten(self.variables)
            self.optimizer = RULES[rule.name](rule)
            self.optimizer.build(self.flat)
        self._forward, self._gradient, self._train_step = (
            tf.function(function, autograph=False, jit_compile=xla)
            for function in (self._outputs, self._differentiate, self._update)
        )

    def forward(self, state: States, inputs: Array) -> tuple[Array, States]:
        """Compute the outputs and the new state in a function without a tape."""
        with self.backend.scope():
            outputs, new_state = self._forward(state, inputs)
        return outputs, new_state

    def gradient(self, state: States, batch: Batch) -> tuple[float, Params]:
        """Run the same differentiated function as the train step."""
        with self.backend.scope():
            loss, gradients, _ = self._gradient(state, batch)
        return float(loss), self._canonical(gradients)

    def train_step(self, state: States, batch: Batch) -> tuple[Array, States]:
        """Differentiate, clip and update in one function."""
        with self.backend.scope():
            loss, new_state = self._train_step(state, batch)
        return loss, new_state

    def params(self) -> Params:
        """Copy the variables."""
        return self._canonical(self.flat)

    def reset(self, params: Params) -> None:
        """Pack the parameters anew, and copy them into the variables that the functions hold."""
        with self.backend.scope():
            fresh = flatten(named(pack(self.ops, params, self.backend.variables)))
            for variable, value in zip(self.flat, fresh, strict=True):
                variable.assign(value)
            self.optimizer.reset()

    def wait(self) -> None:
        """Wait for the GPU's streams; on a CPU a function returns when it is done."""
        tf.test.experimental.sync_devices()

    def traces(self) -> int:
        """Return how often the functions were traced; the gradient counts in a train step too."""
        functions = (self._forward, self._gradient, self._train_step)
        return sum(function.experimental_get_tracing_count() for function in functions)

    def _outputs(self, state: States, inputs: Array) -> tuple[Array, States]:
        return self.model.apply(self.ops, self.native, state, inputs)

    def _differentiate(self, state: States, batch: Batch) -> tuple[Array, Flat, States]:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(self.flat)
            loss, new_state = self.model.cost(self.ops, self.native, state, batch)
        gradients = tape.gradient(loss, self.flat, unconnected_gradients="zero")
        # The gradient of an embedding comes as slices; the optimizer's formula is for all rows.
        dense = [tf.convert_to_tensor(gradient) for gradient in gradients]
        return loss, self._masked(dense), new_state

    def _update(self, state: States, batch: Batch) -> tuple[Array, States]:
        loss, gradients, new_state = self._gradient(state, batch)
        self.optimizer.apply(clipped(self.rule, gradients))
        return loss, new_state

    def _masked(self, gradients: Flat) -> Flat:
        """Return the gradients with what a recurrence calls redundant set to zero."""
        tree = self._named(gradients)
        for k, recurrence in enumerate(
            cast(tuple[TensorFlowRecurrence, ...], self.ops.recurrences)
        ):
            group = tree[f"layers.{k}"]
            for name, mask in recurrence.masks.items():
                group[name] *= tf.constant(mask, group[name].dtype)
        return flatten(tree)

    def _canonical(self, flat: Flat) -> Params:
        """Return canonical NumPy arrays from one native tensor per variable."""
        return unpack(self.ops, self._named([np.array(tensor.numpy()) for tensor in flat]))

    def _named(self, flat: Flat) -> dict[str, dict[str, Any]]:
        """Return the groups and names of what has one entry per variable."""
        entries = iter(flat)
        return {
            group: {name: next(entries) for name in variables}
            for group, variables in self.variables.items()
        }


def named(native: Native) -> Variables:
    """Return the variables of packed groups, each a dict of them or a Keras layer."""
    return {
        name: group
        if isinstance(group, dict)
        else {weight.name: weight.value for weight in group.trainable_weights}
        for name, group in native.items()
    }


def flatten(tree: dict[str, dict[str, Any]]) -> Flat:
    """Return the entries in the order of their groups and names."""
    return [entry for group in tree.values() for entry in group.values()]
