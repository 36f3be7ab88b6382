"""A model with its parameters as TensorFlow functions, traced once per shape."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeAlias

import numpy as np
import tensorflow as tf

from rnnbench import (
    Array,
    Batch,
    Kernel,
    Memory,
    Model,
    Native,
    Ops,
    Optimizer,
    Params,
    Program,
    States,
    decays,
    pack,
    unpack,
)
from rnnbench_tensorflow.layers import KerasRecurrence
from rnnbench_tensorflow.optimizers import RULES
from rnnbench_tensorflow.own_net import training

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
        put: Callable[[Any], Any],
        new: Callable[[Any], Any],
        scope: Callable[[], AbstractContextManager[None]],
        *,
        xla: bool,
    ) -> None:
        """Build the variables; the functions are traced when they are first called.

        Args:
            model: what to compute.
            ops: what to compute it with.
            params: the canonical parameters in float64.
            rule: the optimizer.
            put: turns NumPy arrays into constants.
            new: turns NumPy arrays into variables.
            scope: returns a context that places what is built and run within it.
            xla: whether the functions are compiled by XLA.
        """
        self.model, self.ops, self.rule = model, ops, rule
        self.put, self.new, self.scope = put, new, scope
        self.kernel = ops.kernel
        with scope():
            found = decays(rule, params, self._packed)  # before: a user's net is packed in place
            self.native = pack(ops, params, new)
            self.variables = named(self.native)
            self.flat = flatten(self.variables)
            self.optimizer = RULES[rule.name](rule, flatten(found))
            self.optimizer.build(self.flat)
        self._forward, self._begin, self._advance, self._gradient, self._train_step = (
            tf.function(function, autograph=False, jit_compile=xla)
            for function in (
                self._outputs,
                self._encode,
                self._decode,
                self._differentiate,
                self._update,
            )
        )

    def forward(self, state: States, batch: Batch) -> tuple[Array, States]:
        """Compute the outputs and the new state in a function without a tape."""
        with self.scope():
            outputs, new_state = self._forward(state, batch)
        return outputs, new_state

    def begin(self, batch: Batch) -> tuple[Memory, States]:
        """Encode the batch."""
        zeros = self.put(self.model.zero_state(batch.inputs.shape[1]))
        with self.scope():
            memory, state = self._begin(zeros, batch)
        return memory, state

    def advance(self, memory: Memory, state: States, batch: Batch) -> tuple[Array, States]:
        """Decode the steps of the batch."""
        with self.scope():
            outputs, new_state = self._advance(memory, state, batch)
        return outputs, new_state

    def gradient(self, state: States, batch: Batch) -> tuple[float, Params]:
        """Run the same differentiated function as the train step."""
        with self.scope():
            loss, gradients, _ = self._gradient(state, batch)
        return float(loss), self._canonical(gradients)

    def train_step(self, state: States, batch: Batch) -> tuple[Array, States]:
        """Differentiate, clip and update in one function."""
        with self.scope():
            loss, new_state = self._train_step(state, batch)
        return loss, new_state

    def params(self) -> Params:
        """Copy the variables."""
        return self._canonical(self.flat)

    def reset(self, params: Params) -> None:
        """Copy the parameters into the variables that the functions hold."""
        with self.scope():
            fresh = named(pack(self.ops, params, self.put, weights_of))
            for group, variables in self.variables.items():
                for name, variable in variables.items():
                    variable.assign(fresh[group][name])
            self.optimizer.reset()

    def wait(self) -> None:
        """Wait for the GPU's streams; on a CPU a function returns when it is done."""
        tf.test.experimental.sync_devices()

    def traces(self) -> int:
        """Return how often the functions were traced; the gradient counts in a train step too."""
        functions = (
            self._forward,
            self._begin,
            self._advance,
            self._gradient,
            self._train_step,
        )
        return sum(function.experimental_get_tracing_count() for function in functions)

    def _outputs(self, state: States, batch: Batch) -> tuple[Array, States]:
        return self.model.apply(self.ops, self.native, state, batch)

    def _encode(self, state: States, batch: Batch) -> tuple[Memory, States]:
        return self.model.begin(self.ops, self.native, state, batch)

    def _decode(self, memory: Memory, state: States, batch: Batch) -> tuple[Array, States]:
        return self.model.advance(self.ops, self.native, memory, state, batch)

    def _differentiate(self, state: States, batch: Batch) -> tuple[Array, Flat, States]:
        with training(), tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(self.flat)
            loss, new_state = self.model.cost(self.ops, self.native, state, batch)
        gradients = tape.gradient(loss, self.flat, unconnected_gradients="zero")
        # The gradient of an embedding comes as slices; the optimizer's formula is for all rows.
        dense = [tf.convert_to_tensor(gradient) for gradient in gradients]
        return loss, self._masked(dense), new_state

    def _update(self, state: States, batch: Batch) -> tuple[Array, States]:
        loss, gradients, new_state = self._gradient(state, batch)
        self.optimizer.step(gradients, batch.rate)
        return loss, new_state

    def _packed(self, params: Params) -> Params:
        """Return what variables would hold, as NumPy."""
        variables = named(pack(self.ops, params, self.new))
        return {
            group: {name: np.array(variable.numpy()) for name, variable in own.items()}
            for group, own in variables.items()
        }

    def _masked(self, gradients: Flat) -> Flat:
        """Return the gradients with what a recurrence calls redundant set to zero."""
        tree = self._named(gradients)
        for path, kernel in self.ops.kernels.items():
            group = tree[path]
            for name, mask in kernel.trained.items():
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


def weights_of(kernel: Kernel, params: dict[str, np.ndarray]) -> Any:
    """Return the parameters of a part as variables hold them, without a Keras layer built for that.

    A kernel around one that is of Keras packs a layer all the same; see :func:`named`.
    """
    return kernel.weights(params) if isinstance(kernel, KerasRecurrence) else kernel.pack(params)


def flatten(tree: dict[str, dict[str, Any]]) -> Flat:
    """Return the entries in the order of their groups and names."""
    return [entry for group in tree.values() for entry in group.values()]
