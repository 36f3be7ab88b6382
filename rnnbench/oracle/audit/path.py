"""What a block should leave behind: the oracle computes it, as far as time allows."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import count, islice
from typing import NamedTuple

import numpy as np

from rnnbench.models.arrays.trees import Batch, Params
from rnnbench.models.model import Model
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle.audit.block import BATCHES, Start, entries, entries_of
from rnnbench.oracle.backend import NumpyBackend, NumpyProgram
from rnnbench.system.threads import one_blas_thread


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
    work: Work, begin: Start, dtype: str, make: Callable[..., NumpyProgram] = NumpyProgram
) -> Iterator[tuple[float, Params]]:
    """Yield the loss of each step of a block and the parameters after it, by the oracle.

    Args:
        work: what is computed.
        begin: what the block starts from.
        dtype: at which it is computed.
        make: the oracle, or what :func:`rnnbench.oracle.perturbed.set_off` makes of it.
    """
    backend = NumpyBackend("cpu", dtype)
    ops = backend.ops(work.model, "autograd")
    program = make(work.model, ops, begin.params, work.optimizer, backend.put)
    state = backend.put(begin.state)
    for number in count():
        loss, new_state = program.train_step(state, backend.put(work.stream[number % BATCHES]))
        if work.carries_state:
            state = new_state
        yield float(loss), program.params()


def trajectory(
    work: Work,
    begin: Start,
    ends: Collection[int],
    seed: int,
    dtype: str,
    seconds: float,
    make: Callable[..., NumpyProgram] = NumpyProgram,
) -> Trajectory:
    """Train by the oracle.

    Args:
        work: what is computed.
        begin: what the block starts from.
        ends: numbers of steps after which parameters are wanted.
        seed: of the entries.
        dtype: at which it is computed.
        seconds: no step is begun that would end later.
        make: see :func:`trained`.
    """
    found, first = Trajectory([], {}), time.monotonic()
    path = trained(work, begin, dtype, make)
    with one_blas_thread(), np.errstate(all="ignore"):
        for number, (loss, params) in enumerate(islice(path, max(ends)), 1):
            found.losses.append(loss)
            if number in ends:
                found.params[number] = entries_of(params, seed)
            if (number + 1) / number * (time.monotonic() - first) > seconds:
                break
    return found
