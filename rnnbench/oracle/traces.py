"""Traces: all that a program computes on an input, by name, so that two can be compared."""

from __future__ import annotations

import numpy as np

from rnnbench.contracts.backend import Backend
from rnnbench.contracts.program import Program
from rnnbench.models.arrays.trees import Batch, Params, States
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle.checked_program import CheckedProgram

#: How the names of what is compared begin: of gradients, of parameters after the first update and
#: after the last one, which is where the last loss is from.
GRADIENT, UPDATED, TRAINED, LAST_LOSS = "gradient of", "updated", "trained", "last loss"
#: How many optimizer steps are taken.
UPDATES = 3
#: An optimizer without a schedule.
CONSTANT = Optimizer()


def at_rate(backend: Backend, batch: Batch, rule: Optimizer, step: int) -> Batch:
    """Return a batch with the rate of a step, from 1, where the rule has a schedule."""
    rate = rule.rate(step)
    return batch if rate is None else batch._replace(rate=backend.put(rate))


def place(rule: Optimizer, update: int) -> int:
    """Return at which step of a training an update is made, from 1: the first, ..., the last.

    A rate that falls after a hundred steps would be that of the first in all of them.
    """
    return 1 + (rule.schedule.steps - 1) * (update - 1) // (UPDATES - 1)


def trace(
    backend: Backend,
    program: Program | CheckedProgram,
    state: States,
    batch: Batch,
    rule: Optimizer = CONSTANT,
) -> dict[str, np.ndarray]:
    """Run a program and return everything that is compared, by name.

    What :func:`computed` returns, and then what :func:`trained` does.

    Args:
        backend: what it runs on.
        program: the program.
        state: before the first step.
        batch: of every step.
        rule: the optimizer, whose schedule sets the rate of each step.
    """
    found = computed(backend, program, state, batch)
    return found | trained(backend, program, state, batch, rule)


def computed(
    backend: Backend, program: Program | CheckedProgram, state: States, batch: Batch
) -> dict[str, np.ndarray]:
    """Return the outputs, the final state, the loss and every gradient, by name."""
    own_state, own_batch = backend.put(state), backend.put(batch)
    outputs, final = program.forward(own_state, own_batch._replace(noise=None))
    loss, gradients = program.gradient(own_state, own_batch)
    seen = {"outputs": backend.numpy(outputs), "loss": np.asarray(loss)}
    for path, arrays in final.items():
        seen |= {f"state {path}.{k}": backend.numpy(array) for k, array in enumerate(arrays)}
    return seen | named(GRADIENT, gradients)


def trained(
    backend: Backend,
    program: Program | CheckedProgram,
    state: States,
    batch: Batch,
    rule: Optimizer = CONSTANT,
) -> dict[str, np.ndarray]:
    """Return the parameters after one and after :data:`UPDATES` updates, and the last loss.

    The state is carried from step to step. The rate of each is that of its rule at places that
    are spread over a training; see :func:`place`.
    """
    own_state, own_batch = backend.put(state), backend.put(batch)
    seen: dict[str, np.ndarray] = {}
    for update in range(1, UPDATES + 1):
        at = at_rate(backend, own_batch, rule, place(rule, update))
        last, own_state = program.train_step(own_state, at)
        if update == 1:
            seen |= named(UPDATED, program.params())
    return seen | {LAST_LOSS: backend.numpy(last)} | named(TRAINED, program.params())


def named(what: str, params: Params) -> dict[str, np.ndarray]:
    """Flatten parameters to ``what group.name``."""
    return {
        f"{what} {group}.{name}": array
        for group, arrays in params.items()
        for name, array in arrays.items()
    }
