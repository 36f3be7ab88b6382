"""How far what a block has left behind is from what it should have, and how far it may be."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from rnnbench.oracle.audit.block import LOSS, UPDATE, Left
from rnnbench.oracle.parity import TOLERANCE, Parity, error

#: In how small a share of the tolerance the oracle is set off, to see what errors of that size grow
#: to in a block; growth is alike as long as they are small.
MARGIN = 10.0
#: How many times errors may have grown to be still alike; see the audits in docs/measuring.md.
ALIKE = 100.0


class Reference(NamedTuple):
    """What a block should leave behind, and what the parameters were before it."""

    left: Left
    before: Mapping[str, np.ndarray]


def differences(left: Left, reference: Reference) -> dict[str, float]:
    """Return how far a block is from what it should have left behind, by name.

    Of outputs, ``max|a-b| / max(1, max|b|)``. Of the loss of each step that both have, ``|a-b| /
    max(1, |b|)``. Of each parameter, the norm of the difference by that of what training changed:
    where RMSprop and Adam divide noise by its own size, rounding moves single entries by as much as
    a whole update, but not many of them. What is no number where the reference is one is infinitely
    far, and the other way round where nothing was trained yet, in the outputs and the first loss.
    Later, where the reference has none, nothing is compared.
    """
    right, before = reference
    found = {}
    if right.outputs.size and (are_numbers(right.outputs) or are_numbers(left.outputs)):
        found["outputs"] = error(left.outputs, right.outputs)
    both = min(len(left.losses), len(right.losses))
    known = first_steps(np.isfinite(right.losses[:both]))
    if both and not known:
        return found | ({f"{LOSS}1": math.inf} if are_numbers(left.losses[:both][:1]) else {})
    errors = loss_errors(left.losses[:known], right.losses[:known])
    found |= {f"{LOSS}{step}": each for step, each in enumerate(errors, 1)}
    if known < both:
        return found
    for name, array in right.params.items() if left.params else ():
        if are_numbers(array):
            found[name] = update_error(left.params.get(name), array, before[name])
    return found


def are_numbers(array: np.ndarray) -> bool:
    """Return whether there are some, and all of them finite."""
    return bool(array.size and np.isfinite(array).all())


def first_steps(known: np.ndarray) -> int:
    """Return of how many steps, from the first, all are known."""
    return len(known) if known.all() else int(np.argmin(known))


def loss_errors(ours: np.ndarray, right: np.ndarray) -> list[float]:
    """Return the error of each step's loss: of all at once, as a block may have a million."""
    apart = np.abs(ours - right) / np.maximum(1.0, np.abs(right))
    found: list[float] = np.where(np.isfinite(ours), apart, np.inf).tolist()
    return found


def update_error(ours: np.ndarray | None, right: np.ndarray, before: np.ndarray) -> float:
    """Return the norm of a difference by that of the update, infinite where that is no number.

    It is 0 where no gradient has moved the reference, as of a query whose memory is a single key:
    rounding alone may move the parameter elsewhere, and Adam makes whole updates of that. If it
    matters after all, the losses part.
    """
    if ours is None or ours.shape != right.shape or not np.isfinite(ours).all():
        return float("inf")
    update = float(np.linalg.norm(right - before))
    return float(np.linalg.norm(ours - right)) / update if update else 0.0


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


def larger(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    """Return the larger excuse for each value, of two paths."""
    return {
        name: max(one.get(name, 0.0), other.get(name, 0.0)) for name in one.keys() | other.keys()
    }


def widened(excused: Mapping[str, float], dtype: str) -> dict[str, float]:
    """Return excuses, those of errors that have grown more than :data:`ALIKE` by so much larger.

    Such an error has met what is not smooth, a gradient at the limit of clipping or a unit at its
    kink: from there on it says less and less of what becomes of another one.
    """
    alike = ALIKE * TOLERANCE[dtype] / MARGIN
    return {name: value * max(1.0, value / alike) for name, value in excused.items()}


def worst(
    found: Mapping[str, float], dtype: str, excused: Mapping[str, float] | None = None
) -> Parity:
    """Return the largest difference of a block, and what it was found in.

    Args:
        found: the differences.
        dtype: at which the block computed; what is above its tolerance is wrong.
        excused: see :func:`excuses`. A difference is divided by how often the excuse, with its
            :data:`MARGIN`, is the tolerance: then one tolerance holds for all.
    """
    excused = excused or {}

    def beyond(name: str, value: float) -> float:
        share = MARGIN * excused.get(name, 0.0) / TOLERANCE[dtype]
        return value / max(1.0, share) if math.isfinite(share) else 0.0

    errors = [Parity(beyond(name, value), name) for name, value in found.items()]
    return max(errors, default=Parity(0.0, ""))


def middle(blocks: Sequence[Left]) -> Left:
    """Return the median of blocks, of what at least two of them have.

    All have the same weights, state and batches; parameters and outputs are given only where they
    are after the same step, and of the same batch.
    """
    *ends, _ = sorted(len(block.losses) for block in blocks)
    losses = [
        np.median([b.losses[begin:end] for b in blocks if len(b.losses) >= end], axis=0)
        for begin, end in pairwise(sorted({0, *ends}))
    ]
    outputs = [block.outputs for block in blocks if block.outputs.size]
    params = [block.params for block in blocks if block.params]
    medians = {name: median([each[name] for each in params]) for name in common(params)}
    shared = {name: array for name, array in medians.items() if array.size}
    return Left(np.concatenate([np.empty(0), *losses]), shared, median(outputs))


def common(params: Sequence[Mapping[str, np.ndarray]]) -> set[str]:
    """Return the names that all have."""
    return set.intersection(*(set(each) for each in params)) if params else set()


def median(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """Return the median of at least two arrays of one shape, empty where there are none such."""
    if len(arrays) < 2 or len({array.shape for array in arrays}) > 1:
        return np.empty(0)
    return np.asarray(np.median(arrays, axis=0))
