"""Truncated backpropagation through time: sequences cut into windows.

Williams & Peng, "An efficient gradient-based algorithm for on-line training of recurrent network
trajectories", Neural Computation 2(4), 1990: BPTT(h; h') goes back h steps, each h' steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from rnnbench.errors import PluginError
from rnnbench.models.arrays.trees import Batch
from rnnbench.models.network import Network, with_options
from rnnbench.models.problem import Problem
from rnnbench.text import many


def windows(batches: Iterable[Batch], window: int, stride: int, carried: bool) -> Iterator[Batch]:
    """Yield windows of ``window`` steps, one each ``stride`` steps.

    A window goes on from the state before its first step, and no gradient reaches what is before
    it. Where windows overlap, a target counts in the first one that has it, so that each counts
    once. The last window of a sequence that they don't fill is a shorter one: it is padded, so that
    all have one shape and nothing is compiled again, and what is padded counts for nothing.

    Args:
        batches: of one shape, with a target at every step. Where they say how long sequences are,
            padding counts for nothing, and windows of nothing else are left out; they need no
            lengths, as nothing that is computed at padding reaches a step that counts.
        window: steps that a gradient goes back, h.
        stride: steps from one window to the next, h', at most h.
        carried: whether each batch goes on where the one before it ended: then a window may reach
            over their edge, unless batches say which examples begin another sequence. Where it does
            not go on, all examples begin one with each batch.

    Raises:
        PluginError: if a sequence that has ended goes on in the next batch.
    """
    stream = iter(batches)
    first = next(stream, None)
    if first is None:
        return
    whole = (each for group in ([first], stream) for each in group)
    if carried and first.resets is None:
        yield from along(whole, window, stride)
    else:
        yield from within(whole, window, stride, carried)


def along(batches: Iterable[Batch], window: int, stride: int) -> Iterator[Batch]:
    """Yield the windows of one long sequence that batches are pieces of."""
    held: Batch | None = None
    counted = window
    for batch in batches:
        held = batch if held is None else joined(held, batch)
        while len(held.inputs) >= window:
            yield cut(held, 0, window, counted, stride)
            held, counted = Batch(held.inputs[stride:], held.targets[stride:]), stride


def within(batches: Iterable[Batch], window: int, stride: int, carried: bool) -> Iterator[Batch]:
    """Yield the windows of each batch, the first of which begins the sequences that it says."""
    ended = np.zeros(0, np.int64)
    for batch in batches:
        steps, examples = batch.inputs.shape[:2]
        begins = np.ones(examples, bool) if batch.resets is None else batch.resets
        if carried and not begins[ended].all():
            raise PluginError("a sequence that has ended goes on in the next batch of the task")
        if batch.lengths is not None:
            ended = np.flatnonzero(batch.lengths < steps)
        if gap := -(steps - window) % stride:
            batch = lengthened(batch, gap)
        for start in range(0, steps + gap - window + 1, stride):
            piece = cut(batch, start, window, stride if start else window, stride)
            if piece.counted is None or piece.counted.any():
                yield piece._replace(resets=np.zeros_like(begins) if start else begins)


def joined(one: Batch, other: Batch) -> Batch:
    """Return two batches, one after the other in time."""
    inputs = np.concatenate([one.inputs, other.inputs])
    return Batch(inputs, np.concatenate([one.targets, other.targets]))


def lengthened(batch: Batch, gap: int) -> Batch:
    """Return a batch with so many more steps at its end, all of them padding."""
    steps, examples = batch.inputs.shape[:2]
    lengths = np.full(examples, steps) if batch.lengths is None else batch.lengths
    inputs, targets = (
        np.concatenate([each, np.zeros((gap, *each.shape[1:]), each.dtype)])
        for each in (batch.inputs, batch.targets)
    )
    return batch._replace(inputs=inputs, targets=targets, lengths=lengths)


def cut(batch: Batch, start: int, window: int, counted: int, stride: int) -> Batch:
    """Return one window, of which the last ``counted`` targets count where they are no padding."""
    steps = slice(start, start + window)
    piece = Batch(batch.inputs[steps], batch.targets[steps])
    if stride == window and batch.lengths is None:
        return piece
    step = np.arange(window)[:, None]
    counts = np.broadcast_to(step >= window - counted, piece.inputs.shape[:2])
    if batch.lengths is not None:
        counts = counts & (start + step < batch.lengths)
    return piece._replace(counted=counts)


def refusal(
    problem: Problem, network: Network, steps: int, window: int, stride: int, carried: bool
) -> str | None:
    """Return why a problem can't be cut into such windows, None if it can.

    Args:
        problem: what the batches are of.
        network: what is trained on them.
        steps: of a batch.
        window: of a window; ``stride`` and ``carried`` as in :func:`windows`.
        stride: from one window to the next.
        carried: whether a batch goes on where the one before it ended.
    """
    if problem.targets != "every" or problem.source != "sequence":
        return "windows are for tasks with a target at every step of a sequence"
    if problem.lengths and carried and not problem.resets:
        return "windows of sequences of several lengths need batches that say where one begins"
    if not network.causal:
        return f"{with_options(network)} reads later inputs, which a window cuts off"
    if stride > window:
        return f"stride = {stride} is longer than window = {window}: targets would be left out"
    if carried and not problem.resets:
        return None
    if window > steps:
        return f"window = {window} is longer than a sequence, which has {many(steps, 'step')}"
    if carried and stride < window:
        return "windows that overlap can't be cut where batches say that a sequence begins"
    if carried and steps % window:
        return (
            f"windows of {window} steps don't fill the {steps} of a batch, from which sequences "
            f"go on in the next one: take a window that divides {steps}"
        )
    return None
