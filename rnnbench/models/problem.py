"""The problem that a model is to solve: what goes in, what comes out, and what it is held to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from rnnbench.models.arrays.trees import Batch

Targets: TypeAlias = Literal["every", "one", "sequence"]
#: The kinds of targets.
TARGETS: tuple[str, ...] = get_args(Targets)


@dataclass(frozen=True)
class Problem:
    """What a task asks of a model.

    Attributes:
        inputs: features per step, or the size of the vocabulary where ``tokens`` is set.
        outputs: the size ``O`` of an output: numbers, or the logits of so many classes.
        tokens: the inputs are integers.
        loss: ``mse``; ``cross-entropy`` in nats over class indices; or ``bernoulli``, the negative
            log-likelihood in nats of zeros and ones, given the log-odds of each; the mean over all
            targets, of ``bernoulli`` the sum over the O events of a target.
        targets: at ``every`` step one, ``one`` for the whole sequence, or another ``sequence``.
        source: a ``sequence``, or ``one`` step, from which a sequence is made.
        lengths: batches say how long each sequence is; what follows is padding.
        begin: the token before the first of a target sequence, -1 where there is none; ``end`` is
            the one after its last.
        causal: the target of a step can be read from later inputs, as that of a language model,
            which is the next input: only networks that do not look at those are admitted.
        resets: batches say which examples begin another sequence; the state of the others is
            carried on.
    """

    inputs: int
    outputs: int
    tokens: bool = False
    loss: Literal["mse", "cross-entropy", "bernoulli"] = "mse"
    targets: Targets = "every"
    source: Literal["sequence", "one"] = "sequence"
    lengths: bool = False
    begin: int = -1
    end: int = -1
    causal: bool = False
    resets: bool = False

    @property
    def examples_axis(self) -> int:
        """The axis of targets and outputs along which examples lie: 0 where there is one target."""
        return 0 if self.targets == "one" else 1

    def targets_in(self, batch: Batch) -> int:
        """Return how many targets a batch has, those that count for nothing among them."""
        return math.prod(batch.targets.shape[: self.examples_axis + 1])
