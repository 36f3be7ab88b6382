"""What a net that writes a sequence attends to at each step, computed in float64 by the oracle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rnnbench.contracts.inference.generation import write
from rnnbench.contracts.inference.sampling import Sampling
from rnnbench.errors import UsageError
from rnnbench.models.arrays.array_functions import Array
from rnnbench.models.model import Model
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle.backend import NumpyBackend
from rnnbench.oracle.differentiable_numpy import NumpyNamespace


@dataclass(frozen=True)
class Attention:
    """How a net has read a source while it wrote.

    Attributes:
        source: the tokens that it was given, S of them.
        written: the tokens that it has said, T of them.
        weights: α ``(T, S)`` of :class:`~rnnbench.models.layers.decoder.memory_attention.\
MemoryAttention`; each line adds up to 1.
    """

    source: Sequence[int]
    written: Sequence[int]
    weights: np.ndarray


class Watched(NumpyNamespace):
    """NumPy that keeps the result of each softmax: within a step of a decoder, its attention."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[np.ndarray] = []

    def softmax(self, x: Array, axis: int = -1) -> Array:
        """Return the softmax, and keep it."""
        found = super().softmax(x, axis)
        self.kept.append(np.asarray(found))
        return found


def attend(model: Model, source: Sequence[int], length: int) -> Attention:
    """Return what a net attends to while it writes the likeliest target.

    Args:
        model: begins with the trained weights.
        source: tokens.
        length: how many are written at most.

    Raises:
        UsageError: if the net has no attention, or computes a softmax elsewhere.
    """
    backend = NumpyBackend("cpu", "float64")
    backend.xp = watched = Watched()
    program = backend.program(model, model.initial(0), backend.info.default, Optimizer())
    choose = Sampling().chooser()
    each: list[list[np.ndarray]] = []

    def step(logits: np.ndarray) -> int:
        each.append(watched.kept[:])
        watched.kept.clear()
        return choose(logits)

    written = write(backend, program, model.spec.problem, source, length, step)
    shape = (1, 1, len(source))
    if not any(each):
        raise UsageError("this net has no attention: train seq2seq with attention additive or dot")
    if not written:
        raise UsageError("the net writes nothing for this source")
    if any([one.shape for one in found] != [shape] for found in each):
        raise UsageError("this net takes a softmax of something else than its source")
    weights = np.concatenate([one[0] for [one] in each[: len(written)]])
    return Attention(source, written, weights)
