"""What a timed block must leave behind, and how far a program is from it.

A check before timing proves what is done there. An audit proves a block that was timed: it starts
from weights and a state that the parent has drawn, so that nothing kept from before fits, and what
is left is asked for when it is over, at entries that are drawn only then.
"""

from __future__ import annotations

import math
import time
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import count, islice
from typing import Any, NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from rnnbench.models.arrays.namespace import Array
from rnnbench.models.arrays.trees import Batch, Params, States, tree_map
from rnnbench.models.model import Model
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle.backend import NumpyBackend, NumpyProgram
from rnnbench.oracle.parity import TOLERANCE, Parity, drawn_state, error, named

#: Entries of each tensor that are compared.
ENTRIES = 512
#: In how small a share of the tolerance the oracle is set off, to see what errors of that size grow
#: to in a block; growth is alike as long as they are small.
MARGIN = 10.0
#: Two paths that errors of one size have set off are not equally far: the further, the less alike.
SPREAD = 2.0
#: How the names of what is compared begin.
LOSS, UPDATE = "loss of step ", "update of "
#: Different batches that a block goes through before it begins again with the first.
BATCHES = 512


class Start(NamedTuple):
    """What a block starts from."""

    params: Params
    state: States


class Left(NamedTuple):
    """What a block of a program leaves behind, all at the same entries of each tensor.

    Attributes:
        losses: of its steps, in their order.
        params: the parameters after the last step, by name; empty where that was not reached.
        outputs: of one forward pass from the start.
    """

    losses: np.ndarray
    params: Mapping[str, np.ndarray]
    outputs: np.ndarray


class Reference(NamedTuple):
    """What a block should leave behind, and what the parameters were before it."""

    left: Left
    before: Mapping[str, np.ndarray]


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


def start(model: Model, batch: int, draw: int, dtype: str) -> Start:
    """Return initial weights and a state that is not zero, both drawn, rounded to a dtype."""
    rng = np.random.default_rng([draw, 2])

    def rounded(array: np.ndarray) -> np.ndarray:
        return np.asarray(array, dtype).astype(np.float64)

    state = drawn_state(model, batch, rng)
    return Start(tree_map(rounded, model.initial(draw)), tree_map(rounded, state))


def kept_forward(draw: int, forwards: int) -> int:
    """Return the number of the forward pass whose outputs are kept; 0 is the one before a block."""
    return 1 + int(np.random.default_rng([draw, 3]).integers(forwards))


def entries(name: str, array: np.ndarray, seed: int) -> np.ndarray:
    """Return up to :data:`ENTRIES` entries of a tensor, in float64, drawn from a seed."""
    flat = np.asarray(array, np.float64).reshape(-1)
    if flat.size <= ENTRIES:
        return flat
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    return np.asarray(flat[rng.integers(flat.size, size=ENTRIES)])


def entries_of(params: Params, seed: int) -> dict[str, np.ndarray]:
    """Return :func:`entries` of all parameters, by name."""
    return {
        name: entries(name, array, seed) for name, array in named(UPDATE.rstrip(), params).items()
    }


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


def differences(left: Left, reference: Reference) -> dict[str, float]:
    """Return how far a block is from what it should have left behind, by name.

    Of outputs, ``max|a-b| / max(1, max|b|)``. Of the loss of each step that both have, ``|a-b| /
    max(1, |b|)``. Of each parameter, the norm of the difference by that of what training changed:
    where RMSprop and Adam divide noise by its own size, rounding moves single entries by as much as
    a whole update, but not many of them. What is no number where the reference is one is infinitely
    far; where the reference has none, nothing is compared.
    """
    right, before = reference
    found = {}
    if right.outputs.size and np.isfinite(right.outputs).all():
        found["outputs"] = error(left.outputs, right.outputs)
    for step, (ours, theirs) in enumerate(zip(left.losses, right.losses, strict=False), 1):
        if not np.isfinite(theirs):
            return found
        found[f"{LOSS}{step}"] = error(ours, theirs)
    for name, array in right.params.items() if left.params else ():
        if np.isfinite(array).all():
            found[name] = update_error(left.params.get(name), array, before[name])
    return found


def update_error(ours: np.ndarray | None, right: np.ndarray, before: np.ndarray) -> float:
    """Return the norm of a difference by that of the update, infinite where that is no number."""
    if ours is None or ours.shape != right.shape or not np.isfinite(ours).all():
        return float("inf")
    difference = float(np.linalg.norm(ours - right))
    return difference / max(float(np.linalg.norm(right - before)), 1e-300) if difference else 0.0


def excuses(off: Mapping[str, float]) -> dict[str, float]:
    """Return how far each value may be, as a share of :data:`MARGIN`.

    Args:
        off: how far the oracle is from itself that was set off. A value that this happens to leave
            alone is excused as much as those beside it: a loss as the ones before it, an update as
            the usual one.
    """
    found, largest = {}, 0.0
    updates = [value for name, value in off.items() if name.startswith(UPDATE)]
    usual = float(np.median(updates)) if updates else 0.0
    for name, value in off.items():
        if name.startswith(UPDATE):
            found[name] = max(value, usual)
        elif name == "outputs":
            found[name] = value
        else:
            found[name] = largest = max(value, largest)
    return found


def worst(
    found: Mapping[str, float], dtype: str, excused: Mapping[str, float] | None = None
) -> Parity:
    """Return the largest difference of a block, and what it was found in.

    Args:
        found: the differences.
        dtype: at which the block computed; what is above its tolerance is wrong.
        excused: see :func:`excuses`. A difference is divided by how often the excuse, with its
            :data:`MARGIN`, is the tolerance, to the power of :data:`SPREAD`: then one tolerance
            holds for all.
    """
    excused = excused or {}

    def beyond(name: str, value: float) -> float:
        share = MARGIN * excused.get(name, 0.0) / TOLERANCE[dtype]
        if not math.isfinite(share):
            return 0.0
        root = value ** (1 / SPREAD) / max(1.0, share)  # of which no power overflows
        return float(root**SPREAD)

    errors = [Parity(beyond(name, value), name) for name, value in found.items()]
    return max(errors, default=Parity(0.0, ""))


def excuse_for(difference: float, dtype: str) -> float:
    """Return the excuse by which :func:`worst` allows a difference, at least the tolerance."""
    tolerance = TOLERANCE[dtype]
    return tolerance * float((difference / tolerance) ** (1 / SPREAD)) / MARGIN


def middle(blocks: Sequence[Left]) -> Left:
    """Return the median of blocks, of what at least two of them have.

    All have the same weights, state and batches; parameters and outputs are given only where they
    are after the same step, and of the same batch.
    """
    lengths = sorted(len(block.losses) for block in blocks)
    losses = [
        np.median([block.losses[step] for block in blocks if len(block.losses) > step])
        for step in range(lengths[-2])
    ]
    outputs = [block.outputs for block in blocks if block.outputs.size]
    params = [block.params for block in blocks if block.params]
    medians = {name: median([each[name] for each in params]) for name in common(params)}
    shared = {name: array for name, array in medians.items() if array.size}
    return Left(np.array(losses), shared, median(outputs))


def common(params: Sequence[Mapping[str, np.ndarray]]) -> set[str]:
    """Return the names that all have."""
    return set.intersection(*(set(each) for each in params)) if params else set()


def median(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """Return the median of at least two arrays of one shape, empty where there are none such."""
    if len(arrays) < 2 or len({array.shape for array in arrays}) > 1:
        return np.empty(0)
    return np.asarray(np.median(arrays, axis=0))
