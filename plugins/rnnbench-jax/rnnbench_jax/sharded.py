"""A model over several devices: each computes its share of a batch, by ``jax.shard_map``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import jax
import numpy as np
import optax
from jax import lax
from jax.sharding import Mesh, NamedSharding
from jax.sharding import PartitionSpec as Split

from rnnbench import Batch, Memory, Model, Native, Ops, Optimizer, Params, Problem, States
from rnnbench_jax.program import Functions, JaxProgram, train

Array = jax.Array
#: The axis of the mesh.
SHARES = "shares"
#: Held whole by each device; split along its first axis; along its second.
WHOLE, FIRST, SECOND = Split(), Split(SHARES), Split(None, SHARES)


class ShardedProgram(JaxProgram):
    """The compiled functions mapped over a mesh: a share of the examples on each device.

    All have the parameters and the optimizer's state. Gradients are summed over the devices before
    the update, which each of them makes.
    """

    def __init__(
        self,
        model: Model,
        ops: Ops,
        params: Params,
        rule: Optimizer,
        put: Callable[[Any], Any],
        scope: Callable[[], AbstractContextManager[None]],
        places: Sequence[jax.Device],
    ) -> None:
        """Declare what is compiled when it is first run; for ``places`` see the base class."""
        self.mesh = Mesh(np.array(places), (SHARES,))
        self.problem = model.spec.problem
        super().__init__(model, ops, params, rule, put, scope, NamedSharding(self.mesh, WHOLE))

    def forward(self, state: States, batch: Batch) -> tuple[Array, States]:
        """Compute the outputs and the new state."""
        return super().forward(*self._dealt(state, batch))

    def gradient(self, state: States, batch: Batch) -> tuple[float, Params]:
        """Differentiate by reverse mode, and add up."""
        return super().gradient(*self._dealt(state, batch))

    def train_step(self, state: States, batch: Batch) -> tuple[Array, States]:
        """Differentiate, add up, clip and update in one compiled call."""
        return super().train_step(*self._dealt(state, batch))

    def begin(self, batch: Batch) -> tuple[Memory, States]:
        """Encode the batch, whole on each device."""
        with self.scope():
            return super().begin(jax.device_put(batch, self.home))

    def advance(self, memory: Memory, state: States, batch: Batch) -> tuple[Array, States]:
        """Decode the steps of the batch, whole on each device."""
        with self.scope():
            return super().advance(*jax.device_put((memory, state, batch), self.home))

    def _functions(self, update: optax.GradientTransformation, lr: float) -> Functions:
        single = super()._functions(update, lr)
        given = (WHOLE, FIRST, batch_split(self.problem))
        outputs = batch_split(self.problem).targets
        gradient = self._summed
        return Functions(
            self._mapped(single.forward, given, (outputs, FIRST)),
            self._mapped(gradient, given, ((WHOLE, FIRST), WHOLE)),
            self._mapped(partial(train, gradient, update, lr), given, (WHOLE, WHOLE, FIRST)),
        )

    def _summed(self, native: Native, state: States, batch: Batch) -> Any:
        """Return loss and gradients of the whole batch, and the state of one share."""
        cost = partial(self.model.cost, self.ops)
        differentiate = jax.value_and_grad(cost, has_aux=True)
        (loss, state), gradients = differentiate(native, state, batch, self._count(batch))
        loss, gradients = lax.psum((loss, gradients), SHARES)
        return (loss, state), gradients

    def _count(self, batch: Batch) -> Array | float:
        """Return how many targets of the whole batch are a part of its loss, given a share."""
        counted = self.model.counted(self.ops.xp, batch)
        if counted is not None:
            total: Array = lax.psum(counted.sum(), SHARES)
            return total
        return float(self.problem.targets_in(batch) * self.mesh.size)

    def _mapped(self, function: Callable[..., Any], given: Any, returned: Any) -> Any:
        return jax.shard_map(
            function, mesh=self.mesh, in_specs=given, out_specs=returned, check_vma=False
        )

    def _dealt(self, state: States, batch: Batch) -> tuple[States, Batch]:
        """Hand each device its share of the examples."""
        splits = (FIRST, batch_split(self.problem))
        places = jax.tree.map(partial(NamedSharding, self.mesh), splits)
        with self.scope():
            dealt: tuple[States, Batch] = jax.device_put((state, batch), places)
        return dealt


def batch_split(problem: Problem) -> Batch:
    """Return along which axis each array of a batch is split."""
    noise: Any = SECOND  # of all its masks
    targets = FIRST if problem.examples_axis == 0 else SECOND
    return Batch(
        inputs=SECOND,
        targets=targets,
        lengths=FIRST,
        target_lengths=FIRST,
        noise=noise,
        rate=WHOLE,
        resets=FIRST,
        counted=SECOND,
    )
