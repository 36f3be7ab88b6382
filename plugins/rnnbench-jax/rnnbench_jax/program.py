"""A model with its parameters and its optimizer, compiled by ``jax.jit``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import jax
import numpy as np
import optax
from jax.sharding import Sharding

from rnnbench import (
    Batch,
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
from rnnbench_jax.optimizer import transformation
from rnnbench_jax.quick import quick_options

Array = jax.Array
#: What a train step changes: the parameters and the optimizer's state.
Trained: TypeAlias = tuple[Native, optax.OptState]


def train(
    gradient: Callable[..., Any],
    update: optax.GradientTransformation,
    lr: float,
    trained: Trained,
    state: States,
    batch: Batch,
) -> tuple[Trained, Array, States]:
    """Take one training step.

    Args:
        gradient: returns loss and state, and the gradients.
        update: turns these into directions.
        lr: the rate of a batch that brings none.
        trained: what the step changes.
        state: the state before the batch.
        batch: what is learnt from.
    """
    native, moments = trained
    (loss, state), gradients = gradient(native, state, batch)
    directions, moments = update.update(gradients, moments, native)
    rate = lr if batch.rate is None else batch.rate
    changes = jax.tree.map(lambda direction: -rate * direction, directions)
    return (optax.apply_updates(native, changes), moments), loss, state


class Functions(NamedTuple):
    """What is compiled: outputs and state; loss, state and gradients; a whole train step."""

    forward: Callable[..., Any]
    gradient: Callable[..., Any]
    train: Callable[..., Any]


class JaxProgram(Program):
    """Three compiled functions: outputs, gradient, and the whole train step.

    The train step donates what it changes, so that it is updated where it lies.
    """

    def __init__(
        self,
        model: Model,
        ops: Ops,
        params: Params,
        rule: Optimizer,
        put: Callable[[Any], Any],
        scope: Callable[[], AbstractContextManager[None]],
        home: Sharding,
    ) -> None:
        """Declare what is compiled when it is first run.

        Args:
            model: what to compute.
            ops: what to compute it with.
            params: the canonical parameters in float64.
            rule: the optimizer.
            put: turns NumPy arrays into own ones.
            scope: returns a context within which the dtype is allowed.
            home: where parameters are.
        """
        self.model, self.ops, self.put, self.scope, self.home = model, ops, put, scope, home
        self.kernel = ops.kernel
        update = transformation(rule, decays(rule, params, self._packed))
        functions = self._functions(update, rule.lr)
        # Any: their count of compilations is no part of the type that JAX declares.
        self._forward: Any = jax.jit(functions.forward)
        self._begin: Any = jax.jit(partial(model.begin, ops))
        self._advance: Any = jax.jit(partial(model.advance, ops))
        self._gradient: Any = jax.jit(functions.gradient, compiler_options=quick_options())
        self._train: Any = jax.jit(functions.train, donate_argnums=0)
        # Zeros depend on nothing, so that their device must be told.
        self._initial = jax.jit(update.init, out_shardings=home, compiler_options=quick_options())
        self.outputs: Array | None = None
        self.trained: Trained
        self.reset(params)

    def forward(self, state: States, batch: Batch) -> tuple[Array, States]:
        """Compute the outputs and the new state."""
        with self.scope():
            self.outputs, state = self._forward(self.trained[0], state, batch)
        return self.outputs, state

    def begin(self, batch: Batch) -> tuple[Memory, States]:
        """Encode the batch."""
        zeros = self.put(self.model.zero_state(batch.inputs.shape[1]))
        with self.scope():
            zeros = jax.device_put(zeros, self.home)
            memory, state = self._begin(self.trained[0], zeros, batch)
        return memory, state

    def advance(self, memory: Memory, state: States, batch: Batch) -> tuple[Array, States]:
        """Decode the steps of the batch."""
        with self.scope():
            self.outputs, state = self._advance(self.trained[0], memory, state, batch)
        return self.outputs, state

    def gradient(self, state: States, batch: Batch) -> tuple[float, Params]:
        """Differentiate by reverse mode."""
        with self.scope():
            (loss, _), gradients = self._gradient(self.trained[0], state, batch)
        return float(loss), self._canonical(gradients)

    def train_step(self, state: States, batch: Batch) -> tuple[Array, States]:
        """Differentiate, clip and update in one compiled call."""
        with self.scope():
            self.trained, loss, state = self._train(self.trained, state, batch)
        return loss, state

    def params(self) -> Params:
        """Copy the current parameters."""
        return self._canonical(self.trained[0])

    def reset(self, params: Params) -> None:
        """Put new parameters and the optimizer's first state in place of the old."""
        native = pack(self.ops, params, self.put)
        with self.scope():
            native = jax.device_put(native, self.home)
            self.trained = native, self._initial(native)

    def wait(self) -> None:
        """Wait for the last outputs and the last update; JAX runs calls in order."""
        jax.block_until_ready((self.outputs, self.trained))

    def traces(self) -> int:
        """Count what the compiled functions hold: one entry per function and shape."""
        functions = (self._forward, self._begin, self._advance, self._gradient, self._train)
        return sum(function._cache_size() for function in functions)

    def _functions(self, update: optax.GradientTransformation, lr: float) -> Functions:
        """Return what is compiled, the train step with an update and its rate."""
        gradient = jax.value_and_grad(partial(self.model.cost, self.ops), has_aux=True)
        step = partial(train, gradient, update, lr)
        return Functions(partial(self.model.apply, self.ops), gradient, step)

    def _packed(self, params: Params) -> Params:
        """Return what native parameters would hold, as NumPy."""
        packed: Params = jax.tree.map(np.asarray, pack(self.ops, params, self.put))
        return packed

    def _canonical(self, native: Native) -> Params:
        # Copies: NumPy's view of a JAX array would forbid the next step to reuse its memory.
        return unpack(self.ops, jax.tree.map(np.array, native))
