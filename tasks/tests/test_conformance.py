"""What every task promises: subclass with a task and its naive predictor, one test per promise."""

from __future__ import annotations

import dataclasses
import math
import pickle
from itertools import islice
from typing import ClassVar

import msgspec
import numpy as np
import pytest

from rnnbench.model import LOSSES, Batch
from rnnbench.reference import NumpyNamespace
from rnnbench.task import Defaults, Task
from rnnbench_tasks.adding_problem import AddingProblem
from rnnbench_tasks.copy_memory import CopyMemory
from rnnbench_tasks.language_modeling import LanguageModeling


def same(one: Batch, other: Batch) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def mean_and_error(values: list[float]) -> tuple[float, float]:
    """Return the mean of batches and its standard error."""
    return float(np.mean(values)), float(np.std(values, ddof=1) / math.sqrt(len(values)))


class TaskConformance:
    task: ClassVar[Task]
    batch: ClassVar[int] = 8

    def naive(self, batch: Batch) -> np.ndarray:
        """Return the outputs of a predictor that knows the marginal distribution alone."""
        raise NotImplementedError

    def test_training_repeats_by_seed(self) -> None:
        runs = [list(islice(self.task.training(self.batch, 3), 5)) for _ in range(2)]
        assert all(same(a, b) for a, b in zip(*runs, strict=True))

    def test_training_differs_between_seeds_and_batches(self) -> None:
        first, second = islice(self.task.training(self.batch, 0), 2)
        other = next(iter(self.task.training(self.batch, 1)))
        assert not same(first, second)
        assert not same(first, other)

    def test_two_streams_do_not_disturb_each_other(self) -> None:
        one, two = self.task.training(self.batch, 0), self.task.training(self.batch, 0)
        alternating = [(next(one), next(two)) for _ in range(3)]
        assert all(same(a, b) for a, b in alternating)

    def test_testing_is_always_the_same(self) -> None:
        before = list(self.task.testing(self.batch))
        next(iter(self.task.training(self.batch, 0)))
        after = list(self.task.testing(self.batch))
        assert len(before) == len(after) > 0
        assert all(same(a, b) for a, b in zip(before, after, strict=True))

    def test_testing_is_not_training(self) -> None:
        held_out = next(iter(self.task.testing(self.batch)))
        for seed in range(20):
            assert not same(held_out, next(iter(self.task.training(self.batch, seed))))

    def test_batches_have_one_shape(self) -> None:
        batches = [
            *islice(self.task.training(self.batch, 0), 3),
            *self.task.testing(self.batch),
        ]
        assert len({(b.inputs.shape, b.targets.shape) for b in batches}) == 1

    @pytest.mark.parametrize("batch", [1, 2, 5])
    def test_batches_fit_the_problem(self, batch: int) -> None:
        self.task.check(batch)
        problem = self.task.problem
        for inputs, targets in (
            next(iter(self.task.training(batch, 0))),
            next(iter(self.task.testing(batch))),
        ):
            steps = inputs.shape[0]
            assert inputs.shape == (
                (steps, batch) if problem.tokens else (steps, batch, problem.inputs)
            )
            where = (steps, batch) if problem.readout == "every" else (batch,)
            if problem.tokens:
                assert np.issubdtype(inputs.dtype, np.integer)
                assert 0 <= inputs.min() <= inputs.max() < problem.inputs
            else:
                assert np.issubdtype(inputs.dtype, np.floating)
            if problem.loss == "cross-entropy":
                assert targets.shape == where
                assert np.issubdtype(targets.dtype, np.integer)
                assert 0 <= targets.min() <= targets.max() < problem.outputs
            else:
                assert targets.shape == (*where, problem.outputs)
                assert np.issubdtype(targets.dtype, np.floating)

    def test_naive_score(self) -> None:
        means = []
        for batch in self.task.testing(self.batch):
            total, count = self.task.measure(self.naive(batch), batch.targets)
            means.append(total / count)
        mean, error = mean_and_error(means)
        slack = 4 * error + 1e-9
        low, high = self.task.score(mean - slack), self.task.score(mean + slack)
        assert low <= self.task.naive_score <= high

    def test_naive_loss(self) -> None:
        loss = LOSSES[self.task.problem.loss]
        batches = islice(self.task.training(self.batch, 0), 500)
        mean, error = mean_and_error(
            [float(loss(NumpyNamespace(), self.naive(b), b.targets)) for b in batches]
        )
        assert abs(mean - self.task.naive_loss) <= 4 * error + 1e-9

    def test_words(self) -> None:
        assert self.task.score_name
        assert self.task.sizes
        assert "\n" not in self.task.sizes
        assert (type(self.task).__doc__ or "").partition("\n")[0].endswith(".")

    def test_every_option_has_a_default(self) -> None:
        assert type(self.task)() == type(self.task)()
        assert isinstance(self.task.defaults, Defaults)

    def test_travels_between_processes(self) -> None:
        assert pickle.loads(pickle.dumps(self.task)) == self.task

    def test_options_come_back_through_conversion(self) -> None:
        options = dataclasses.asdict(self.task)
        assert msgspec.convert(options, type(self.task), strict=False) == self.task

    def test_hash_is_sha256(self) -> None:
        assert self.task.data_hash is None or len(bytes.fromhex(self.task.data_hash)) == 32


class CopyMemoryConformance(TaskConformance):
    def naive(self, batch: Batch) -> np.ndarray:
        outputs = np.zeros((*batch.targets.shape, 9))
        outputs[:-10, :, 0], outputs[-10:, :, 0] = 100, -100
        return outputs


class TestCopyMemorySingle(CopyMemoryConformance):
    task = CopyMemory(delay=3)


class TestCopyMemoryRepeated(CopyMemoryConformance):
    task = CopyMemory(delay=1, layout="repeated")


class AddingProblemConformance(TaskConformance):
    def naive(self, batch: Batch) -> np.ndarray:
        return np.ones_like(batch.targets)


class TestAddingProblemHalves(AddingProblemConformance):
    task = AddingProblem(length=11)


class TestAddingProblemAnywhere(AddingProblemConformance):
    task = AddingProblem(length=2, marks="anywhere")


class LanguageModelingConformance(TaskConformance):
    task: ClassVar[LanguageModeling]

    def naive(self, batch: Batch) -> np.ndarray:
        logits = np.log(self.task.corpus.unigram())
        return np.broadcast_to(logits, (*batch.targets.shape, len(logits)))


class TestLanguageModelingCharacters(LanguageModelingConformance):
    task = LanguageModeling()


class TestLanguageModelingWords(LanguageModelingConformance):
    task = LanguageModeling(unit="words", length=20, vocabulary=200)
