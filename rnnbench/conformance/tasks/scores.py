"""The promises of a task's score: it adds up, and the naive one is that of a naive predictor."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from itertools import chain, islice
from typing import TypeAlias

import numpy as np

from rnnbench.conformance.padding import GARBAGE, with_garbage
from rnnbench.conformance.tasks.naive import Marginal, marginals
from rnnbench.conformance.tasks.under_test import TaskUnderTest, perfect
from rnnbench.contracts.task import Task
from rnnbench.errors import UsageError
from rnnbench.models.arrays.trees import Batch
from rnnbench.models.training.losses import LOSSES
from rnnbench.oracle.differentiable_numpy import NumpyNamespace

#: Returns the outputs for a batch, knowing no more of it than its shape.
Predictor: TypeAlias = Callable[[Batch], np.ndarray]
#: What the marginal distribution is estimated from: batches of so many seeds, so many of each.
SEEDS, BATCHES = 10, 50


class Scores(TaskUnderTest):
    """What a task says of outputs means what it says."""

    def naive_predictors(self) -> Sequence[Predictor]:
        """Return predictors of which one must reach the naive loss, and one the naive score.

        These are constants, estimated from training batches: for cross-entropy the frequencies of
        the classes, for squared errors the mean; of all targets and, for targets at every step,
        of each step's own, where no step is padding. Override it with the exact predictor where
        that is another one: the task is then held to it without the slack that an estimate needs.
        """
        batches, problem = self.sample(), self.task.problem
        if any(self.there(batch) is not None for batch in batches):
            counted = [batch.targets[self.there(batch)] for batch in batches]
            alone = dataclasses.replace(problem, targets="one")
            return marginals(alone, np.concatenate(counted))
        targets = np.concatenate([b.targets for b in batches], axis=self.example_axis())
        return marginals(problem, targets)

    def sample(self) -> list[Batch]:
        """Return training batches of several seeds."""
        streams = (self.task.training(self.batch, seed) for seed in range(SEEDS))
        return list(chain.from_iterable(islice(stream, BATCHES) for stream in streams))

    def served(self) -> list[int]:
        """Return the sizes of a batch for which the naive score is held against what is scored.

        Of data that are read, whole batches leave out a rest, which the largest makes long.
        """
        if self.task.data_hash is None:
            return [self.batch]
        largest = max((2**k for k in range(13) if serves(self.task, 2**k)), default=1)
        return sorted({size for size in (1, 2, 5, self.batch, largest) if serves(self.task, size)})

    def test_padding_is_not_scored(self) -> None:
        """What stands at padding, and what a model says there, changes no score."""
        batch = next(iter(self.task.testing(self.batch)))
        outputs = 0.9 * perfect(self.task, batch)
        there, other = self.there(batch), outputs
        if there is not None:
            other = np.where(there[..., None], outputs, GARBAGE * np.ones_like(outputs))
        whole = self.summed(outputs, batch)
        if self.task.problem.lengths:
            np.testing.assert_array_equal(self.summed(other, with_garbage(batch)), whole)

    def test_measure_is_additive(self) -> None:
        """Sums and count of a batch are those of its examples together."""
        batch = next(iter(self.task.testing(self.batch)))
        outputs = 0.9 * perfect(self.task, batch)
        whole = self.summed(outputs, batch)
        parts = self.measured(outputs, batch)
        assert np.isfinite(whole).all()
        assert whole[-1] > 0
        np.testing.assert_allclose(whole, np.sum(parts, axis=0), rtol=1e-9, atol=1e-12)

    def test_groups(self) -> None:
        """Where the task tells held-out examples apart, each has a number."""
        if self.task.grouped_by:
            batch = next(iter(self.task.testing(self.batch)))
            numbers = np.asarray(self.task.groups(batch))
            assert numbers.shape == (self.batch,)
            assert np.isfinite(numbers).all()

    def test_perfect_score(self) -> None:
        """Right answers score better than the naive predictor, in the direction that is told."""
        batch = next(iter(self.task.testing(self.batch)))
        score = self.task.finish(*self.task.measure(perfect(self.task, batch), batch))
        naive = self.task.naive_score
        assert score > naive if self.task.higher_is_better else score < naive

    def test_target(self) -> None:
        """The score that a training is to reach is better than the naive one, if there is one."""
        target, naive = self.task.target, self.task.naive_score
        if target is not None:
            assert target > naive if self.task.higher_is_better else target < naive

    def test_naive_score(self) -> None:
        """The naive score is that of a naive predictor on exactly the data that are scored.

        Of batches that are drawn, within four standard errors; data that are read, and a score that
        is made of several sums, leave no chance to a predictor that is no estimate.
        """
        predictors = self.naive_predictors()
        for size in self.served():
            batches = list(self.task.testing(size))
            scores = [self.scored(predictor, batches) for predictor in predictors]
            naive = self.task.naive_score_for(size)
            assert any(low <= naive <= high for low, high in scores), (size, naive, scores)

    def scored(self, predictor: Predictor, batches: Sequence[Batch]) -> tuple[float, float]:
        """Return what a predictor scores on batches, as the least and the most it may be."""
        parts = chain.from_iterable(self.measured(predictor(b), b) for b in batches)
        measured = np.array(list(parts))  # (N, S + 1)
        *totals, count = measured.sum(axis=0)
        if len(totals) > 1:
            score = self.task.finish(np.array(totals), count)
            return score - 1e-9, score + 1e-9
        sampled = self.task.data_hash is None or isinstance(predictor, Marginal)
        mean, slack = mean_and_slack(measured, predictor, sampled)
        ends = [self.task.finish(m * count, count) for m in (mean - slack, mean + slack)]
        return min(ends), max(ends)

    def test_naive_loss(self) -> None:
        """The naive loss is reached by a naive predictor, within four standard errors."""
        loss, batches, losses = LOSSES[self.task.problem.loss], self.sample(), []
        for predictor in self.naive_predictors():
            means = [
                [float(loss(NumpyNamespace(), predictor(b), b.targets, self.there(b))), 1]
                for b in batches
            ]
            mean, slack = mean_and_slack(np.array(means), predictor)
            losses.append((mean - slack, mean + slack))
        naive = self.task.naive_loss
        assert any(low <= naive <= high for low, high in losses), (naive, losses)


def serves(task: Task, batch: int) -> bool:
    """Return whether a task has data enough for batches of a size."""
    try:
        task.check(batch)
    except UsageError:
        return False
    return True


def mean_and_slack(
    measured: np.ndarray, predictor: Predictor, sampled: bool = True
) -> tuple[float, float]:
    """Return the mean of sums and counts ``(N, 2)``, and how far it may be off.

    By chance, four standard errors of a ratio if they are a sample; and by what the predictor may
    lose as an estimate.
    """
    totals, counts = measured.T
    mean = totals.sum() / counts.sum()
    spread = np.std(totals - mean * counts, ddof=min(1, len(totals) - 1)) / counts.mean()
    regret = predictor.regret if isinstance(predictor, Marginal) else 0.0
    chance = 4 * spread / math.sqrt(len(totals)) if sampled else 0.0
    return float(mean), float(chance + regret + 1e-9)
