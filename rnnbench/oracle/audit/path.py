"""What a block should leave behind: the oracle computes it, as far as time allows."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from itertools import count, islice
from typing import Any, NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from rnnbench.models.arrays.namespace import Array
from rnnbench.models.arrays.trees import Batch, Params, States, tree_map
from rnnbench.models.model import Model
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle.audit.block import BATCHES, Start, entries, entries_of
from rnnbench.oracle.backend import NumpyBackend, NumpyProgram


class Work(NamedTuple):
    """What is computed: a model that is trained by a rule on batches of one stream.

    Attributes:
        model: the model, ``optimizer`` the rule.
        batch: examples of a batch.
        stream: the first :data:`BATCHES` batches, or fewer where no block has so many calls.
        carries_state: whether a step starts from the state after the one before.
        dtype: at which the rows compute.
    """

    model: Model
    optimizer: Optimizer
    batch: int
    stream: Sequence[Batch]
    carries_state: bool
    dtype: str


class Trajectory(NamedTuple):
    """The losses of all steps of a block, and entries of the parameters after some of them."""

    losses: list[float]
    params: dict[int, dict[str, np.ndarray]]


def outputs_of(work: Work, begin: Start, number: int, seed: int, dtype: str) -> np.ndarray:
    """Return entries of the outputs of one forward pass of a block, by the oracle."""
    backend = NumpyBackend("cpu", dtype)
    program = backend.program(work.model, begin.params, "autograd", work.optimizer)
    batch = work.stream[number % BATCHES]._replace(noise=None)
    outputs, _ = program.forward(backend.put(begin.state), backend.put(batch))
    return entries("outputs", outputs, seed)


def trained(
    work: Work, begin: Start, dtype: str, off: float = 0.0
) -> Iterator[tuple[float, Params]]:
    """Yield the loss of each step of a block and the parameters after it, by the oracle.

    Args:
        work: what is computed.
        begin: what the block starts from.
        dtype: at which it is computed.
        off: by how large a share of itself each update is wrong, alike in all entries and at random
            in each. Gradients are then off, too, by the rounding of ``dtype`` as a share of the
            largest in their tensor: RMSprop and Adam make whole updates of the smallest.
    """
    backend, rng = NumpyBackend("cpu", dtype), np.random.default_rng(0)
    make = partial(Off, rng, float(np.finfo(work.dtype).eps)) if off else NumpyProgram
    ops = backend.ops(work.model, "autograd")
    program = make(work.model, ops, begin.params, work.optimizer, backend.put)
    state = backend.put(begin.state)
    for number in count():
        before = tree_map(np.copy, program.native) if off else {}
        loss, new_state = program.train_step(state, backend.put(work.stream[number % BATCHES]))
        if work.carries_state:
            state = new_state
        for group, arrays in before.items():
            for name, old in arrays.items():
                now = program.native[group][name]
                now += (off * (1 + rng.standard_normal(now.shape)) * (now - old)).astype(dtype)
        yield float(loss), program.params()


class Off(NumpyProgram):
    """The oracle with gradients that are rounded as coarsely as their largest entries are."""

    def __init__(self, rng: np.random.Generator, share: float, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.rng, self.share = rng, share

    def _differentiate(self, state: States, batch: Batch) -> tuple[Array, Params, States]:
        loss, gradients, state = super()._differentiate(state, batch)
        return loss, tree_map(self._off, gradients), state

    def _off(self, array: np.ndarray) -> np.ndarray:
        rounding = self.share * np.max(np.abs(array), initial=0.0)
        noise = rounding * self.rng.standard_normal(array.shape)
        return np.asarray(array + np.where(array == 0, 0, noise), array.dtype)


def trajectory(
    work: Work,
    begin: Start,
    ends: Collection[int],
    seed: int,
    dtype: str,
    seconds: float,
    off: float = 0.0,
) -> Trajectory:
    """Train by the oracle.

    Args:
        work: what is computed.
        begin: what the block starts from.
        ends: numbers of steps after which parameters are wanted.
        seed: of the entries.
        dtype: at which it is computed.
        seconds: no step is begun that would end later.
        off: see :func:`trained`.
    """
    found, first = Trajectory([], {}), time.monotonic()
    path = trained(work, begin, dtype, off)
    # The other CPUs are left alone: threads that have computed spin for a while.
    with threadpool_limits(1, "blas"), np.errstate(all="ignore"):
        for number, (loss, params) in enumerate(islice(path, max(ends)), 1):
            found.losses.append(loss)
            if number in ends:
                found.params[number] = entries_of(params, seed)
            if (number + 1) / number * (time.monotonic() - first) > seconds:
                break
    return found
