"""Predictors that know nothing but the marginal distribution of a task's targets."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rnnbench.models.arrays.trees import Batch
from rnnbench.models.problem import Problem


@dataclass(frozen=True)
class Marginal:
    """A constant prediction, estimated from examples.

    Attributes:
        outputs: what is predicted, at every step or for each: it broadcasts to a batch's outputs.
        regret: what the estimate may cost over the true distribution, in units of the loss.
    """

    outputs: np.ndarray
    regret: float

    def __call__(self, batch: Batch) -> np.ndarray:
        """Return the outputs for a batch."""
        tail = self.outputs.shape[-1:]
        classes = np.issubdtype(np.asarray(batch.targets).dtype, np.integer)
        shape = np.shape(batch.targets) if classes else np.shape(batch.targets)[:-1]
        return np.broadcast_to(self.outputs, (*shape, *tail))


def marginals(problem: Problem, targets: np.ndarray) -> list[Marginal]:
    """Return the predictors of the marginal distribution of all targets and, of each step's own.

    Args:
        problem: says what the targets are, and where.
        targets: ``(T, N)`` classes or ``(T, N, O)`` numbers of N examples; without the first axis
            for a read-out at the last step.
    """
    kinds = {"cross-entropy": of_classes, "bernoulli": of_events, "mse": of_numbers}
    estimate = kinds[problem.loss]
    steps = targets if problem.targets == "every" else targets[None]
    overall = estimate(steps.reshape(1, -1, *steps.shape[2:]), problem.outputs)
    pooled = Marginal(overall.outputs[0, 0], overall.regret)
    return [pooled, estimate(steps, problem.outputs)] if problem.targets == "every" else [pooled]


def of_classes(targets: np.ndarray, classes: int) -> Marginal:
    """Return logits ``(T, 1, C)`` for classes ``(T, N)``.

    The frequencies are those of Krichevsky and Trofimov (1981), half an example more of each
    class; their regret is at most (C-1)/2 ln N + ln C nats over N examples.
    """
    count = targets.shape[1]
    frequencies = np.stack([np.bincount(row.ravel(), minlength=classes) for row in targets])
    logits = np.log((frequencies + 0.5) / (count + classes / 2))
    regret = ((classes - 1) / 2 * math.log(count) + math.log(classes)) / count
    return Marginal(logits[:, None], regret)


def of_numbers(targets: np.ndarray, outputs: int) -> Marginal:
    """Return means ``(T, 1, O)`` of numbers ``(T, N, O)``; N examples err by 1/N of the loss."""
    means = targets.mean(axis=1, keepdims=True)
    regret = 4 * float(np.mean(np.square(targets - means))) / targets.shape[1]
    return Marginal(means, regret)


def of_events(targets: np.ndarray, outputs: int) -> Marginal:
    """Return log-odds ``(T, 1, O)`` for zeros and ones ``(T, N, O)``.

    Each event is estimated as :func:`of_classes` estimates two classes.
    """
    count = targets.shape[1]
    shares = (targets.sum(axis=1, keepdims=True) + 0.5) / (count + 1)
    regret = outputs * (math.log(count) / 2 + math.log(2)) / count
    return Marginal(np.log(shares) - np.log1p(-shares), regret)
