"""A model over several devices, by ``tf.distribute.MirroredStrategy``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import tensorflow as tf

from rnnbench import Array, Batch, Model, Ops, Optimizer, Params, States, shares, tree_map
from rnnbench_tensorflow.optimizers import clipped
from rnnbench_tensorflow.own_net import training
from rnnbench_tensorflow.program import Flat, TensorFlowProgram

SUM = tf.distribute.ReduceOp.SUM


class MirroredProgram(TensorFlowProgram):
    """The functions of one device, each run by a replica on its share of the examples.

    Variables are mirrored. Gradients are summed over the replicas before each of them clips and
    updates. What XLA compiles is a replica's own part; sums and updates are outside of it.
    """

    def __init__(
        self,
        model: Model,
        ops: Ops,
        params: Params,
        rule: Optimizer,
        put: Callable[[Any], Any],
        new: Callable[[Any], Any],
        strategy: tf.distribute.Strategy,
        *,
        xla: bool,
    ) -> None:
        """Build the mirrored variables; for the rest see the base class."""
        self.strategy = strategy
        self._compute, self._derive = (
            tf.function(function, autograph=False, jit_compile=xla)
            for function in (super()._outputs, self._share)
        )
        super().__init__(model, ops, params, rule, put, new, strategy.scope, xla=False)

    def _outputs(self, state: States, batch: Batch) -> tuple[Array, States]:
        outputs, states = self.strategy.run(self._apply, args=self._dealt(state, batch))
        return self._joined(outputs, self.model.spec.problem.examples_axis), self._whole(states)

    def _differentiate(self, state: States, batch: Batch) -> tuple[Array, Flat, States]:
        given = (*self._dealt(state, batch), self._count(batch))
        loss, gradients, states = self.strategy.run(self._summed, args=given)
        return self._one(loss), [self._one(each) for each in gradients], self._whole(states)

    def _update(self, state: States, batch: Batch) -> tuple[Array, States]:
        given = (*self._dealt(state, batch), self._count(batch))
        self.optimizer.rate = self.rule.lr if batch.rate is None else batch.rate
        loss, states = self.strategy.run(self._step, args=given)
        return self._one(loss), self._whole(states)

    def _apply(self, state: States, batch: Batch) -> tuple[Array, States]:
        """Return outputs and state of a share, in a replica.

        Not the function itself: a strategy would have all replicas in it, which XLA can't compile.
        """
        found: tuple[Array, States] = self._compute(state, batch)
        return found

    def _share(self, state: States, batch: Batch, count: Array) -> tuple[Array, Flat, States]:
        """Return the part of a share in loss and gradients, and its new state."""
        with training(), tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(self.flat)
            loss, new_state = self.model.cost(self.ops, self.native, state, batch, count)
        gradients = tape.gradient(loss, self.flat, unconnected_gradients="zero")
        dense = [tf.convert_to_tensor(gradient) for gradient in gradients]
        return loss, self._masked(dense), new_state

    def _summed(self, state: States, batch: Batch, count: Array) -> tuple[Array, Flat, States]:
        """Return loss and gradients of the whole batch, in a replica."""
        loss, gradients, new_state = self._derive(state, batch, count)
        loss, *gradients = tf.distribute.get_replica_context().all_reduce(SUM, [loss, *gradients])
        return loss, gradients, new_state

    def _step(self, state: States, batch: Batch, count: Array) -> tuple[Array, States]:
        """Take a training step, in a replica."""
        loss, gradients, new_state = self._summed(state, batch, count)
        directed = clipped(self.rule, gradients)
        tf.distribute.get_replica_context().merge_call(self._move, args=(list(directed),))
        return loss, new_state

    def _move(self, strategy: tf.distribute.Strategy, gradients: Flat) -> None:
        """Update each copy of each variable by the gradient on its device."""
        for index, (variable, gradient) in enumerate(zip(self.flat, gradients, strict=True)):
            move = partial(moved, self.optimizer.move, index)
            strategy.extended.update(variable, move, args=(gradient,))
        self.optimizer.iterations.assign_add(1)

    def _count(self, batch: Batch) -> Array:
        """Return how many targets are a part of the loss of a whole batch."""
        real, counted = self.flat[0].dtype, self.model.counted(self.ops.xp, batch)
        if counted is not None:
            return tf.reduce_sum(tf.cast(counted, real))
        return tf.constant(self.model.spec.problem.targets_in(batch), real)

    def _dealt(self, state: States, batch: Batch) -> tuple[States, Batch]:
        """Return a share of the examples for each replica."""
        axis = self.model.spec.problem.examples_axis
        parts = shares(state, batch, axis, self.strategy.num_replicas_in_sync)
        dealt: tuple[States, Batch] = self.strategy.experimental_distribute_values_from_function(
            lambda context: parts[context.replica_id_in_sync_group]
        )
        return dealt

    def _whole(self, states: States) -> States:
        """Return the state of all examples."""
        return tree_map(self._joined, states)

    def _joined(self, value: Any, axis: int = 0) -> Array:
        return tf.concat(self.strategy.experimental_local_results(value), axis)

    def _one(self, value: Any) -> Array:
        """Return what all replicas have alike."""
        return self.strategy.experimental_local_results(value)[0]


def moved(move: Callable[..., None], index: int, variable: Any, gradient: Any) -> None:
    """Update a variable in the order that TensorFlow hands it over."""
    move(index, gradient, variable)
