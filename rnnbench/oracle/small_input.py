"""The small input that programs are proved with."""

from __future__ import annotations

import numpy as np

from rnnbench.models.arrays.trees import Batch, States, tree_map
from rnnbench.models.model import Model

#: Time steps and examples of the small input.
STEPS, EXAMPLES = 5, 3
#: The number of the batch among those of a training: schedules have come to their end.
LATE = 10**9
#: Which of these examples begin another sequence, where batches say so.
RESETS = (False, True, False)
#: Steps of its targets where they are a sequence of their own, and of its examples where those
#: differ: the longest, which fills the batch, need not be the first.
TARGET_STEPS, LENGTHS = 4, (2, 5, 1)


def small_input(model: Model, seed: int, devices: int = 1) -> tuple[States, Batch]:
    """Draw a small batch for ``model`` and a state that is not zero.

    For several devices it has as many times the examples. What each begins with and how long it is
    then differs from device to device, so that their shares of the loss differ, too.
    """
    rng = np.random.default_rng([seed, 1])
    problem, examples = model.spec.problem, EXAMPLES * devices
    shape = (1 if problem.source == "one" else STEPS, examples)
    inputs = (
        rng.integers(0, problem.inputs, shape)
        if problem.tokens
        else rng.standard_normal((*shape, problem.inputs))
    )
    where = {"every": shape, "one": (examples,), "sequence": (TARGET_STEPS, examples)}[
        problem.targets
    ]
    targets = (
        rng.integers(0, problem.outputs, where)
        if problem.loss == "cross-entropy"
        else rng.standard_normal((*where, problem.outputs))
    )
    state = drawn_state(model, examples, rng)
    batch = Batch(inputs, targets)
    batch = batch._replace(noise=model.noise(rng, batch, LATE) or None)
    if problem.lengths:
        lengths = np.repeat(LENGTHS, devices)
        batch = batch._replace(lengths=np.minimum(lengths, len(inputs)))
        if problem.targets == "sequence":
            batch = batch._replace(target_lengths=np.minimum(lengths, len(targets)))
    if problem.resets:
        batch = batch._replace(resets=np.repeat(RESETS, devices))
    return state, batch


def drawn_state(model: Model, examples: int, rng: np.random.Generator) -> States:
    """Draw a state that is not zero, as far from it as one that has run for a while."""
    return tree_map(lambda z: z + 0.5 * rng.standard_normal(z.shape), model.zero_state(examples))
