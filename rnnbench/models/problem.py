"""The problem that a model is to solve: what goes in, what comes out, and what it is held to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Problem:
    """What a task asks of a model.

    Attributes:
        inputs: features per step, or the size of the vocabulary where ``tokens`` is set.
        outputs: the size ``O`` of an output: numbers, or the logits of so many classes.
        tokens: the inputs are integers.
        loss: ``mse``, or ``cross-entropy`` in nats over class indices; the mean over all targets.
        targets: at ``every`` step one, or ``one`` for the whole sequence.
    """

    inputs: int
    outputs: int
    tokens: bool = False
    loss: Literal["mse", "cross-entropy"] = "mse"
    targets: Literal["every", "one"] = "every"
