"""The promises of a task's batches: the same for everyone, and as the problem says they are."""

from __future__ import annotations

import dataclasses
from itertools import islice

import numpy as np
import pytest

from rnnbench.conformance.tasks.under_test import TaskUnderTest
from rnnbench.contracts.task import VALIDATION_SPLIT
from rnnbench.models.arrays.trees import Batch


class Batches(TaskUnderTest):
    """What a task draws or reads is repeatable, held apart, and what it says."""

    def test_training_repeats_by_seed(self) -> None:
        """The same seed gives the same batches, also while another stream is read."""
        alone = list(islice(self.task.training(self.batch, 3), 5))
        again, other = self.task.training(self.batch, 3), self.task.training(self.batch, 4)
        for batch in alone:
            assert same(batch, next(again))
            next(other)

    def test_training_differs_between_seeds_and_batches(self) -> None:
        """Another seed gives other batches, and so does the next step."""
        first, second = islice(self.task.training(self.batch, 0), 2)
        assert not same(first, second)
        assert not same(first, next(iter(self.task.training(self.batch, 1))))

    def test_testing_is_always_the_same(self) -> None:
        """The held-out batches are the same each time; there is at least one."""
        before = list(self.task.testing(self.batch))
        next(iter(self.task.training(self.batch, 0)))
        after = list(self.task.testing(self.batch))
        assert len(before) == len(after) > 0
        assert all(same(a, b) for a, b in zip(before, after, strict=True))

    def test_testing_is_not_training(self) -> None:
        """The first held-out batch is not the first of a training."""
        held_out = next(iter(self.task.testing(self.batch)))
        for seed in range(20):
            assert not same(held_out, next(iter(self.task.training(self.batch, seed))))

    def test_validation(self) -> None:
        """Data to stop a training by fit the problem, are always the same, and are not scored.

        Where a task takes them from what it trains on, by its option ``validation_split``, it has
        none without it; with it the same is scored.
        """
        task, problem = self.task, self.task.problem
        if VALIDATION_SPLIT in {field.name for field in dataclasses.fields(task)}:
            assert task.validation(self.batch) is None
            task = dataclasses.replace(task, **{VALIDATION_SPLIT: 0.25})
            assert (task.problem, task.validation(self.batch) is None) == (problem, False)
            assert task.split != self.task.split
            scored = zip(self.task.testing(self.batch), task.testing(self.batch), strict=True)
            assert all(same(*pair) for pair in scored)
        found, again = (task.validation(self.batch) for _ in range(2))
        if found is None or again is None:
            return
        batches = list(found)
        assert batches
        assert all(same(a, b) for a, b in zip(batches, again, strict=True))
        assert not same(batches[0], next(iter(task.testing(self.batch))))
        assert not same(batches[0], next(iter(task.training(self.batch, 0))))
        fits(batches[0].inputs, batches[0].inputs.shape[:2], problem.inputs, problem.tokens)

    def test_batches_have_one_shape(self) -> None:
        """All training batches have one shape, and all held-out batches have one.

        Nothing is compiled twice then. Held-out sequences may be longer than those trained on.
        """
        training = [b for seed in (0, 1) for b in islice(self.task.training(self.batch, seed), 3)]
        for batches in (training, list(self.task.testing(self.batch))):
            assert len({tuple(map(np.shape, batch[:4])) for batch in batches}) == 1

    @pytest.mark.parametrize("batch", [1, 2, 5])
    def test_batches_fit_the_problem(self, batch: int) -> None:
        """Shapes, dtypes and the range of tokens and classes are what ``problem`` says."""
        self.task.check(batch)
        problem = self.task.problem
        for first in (self.task.training(batch, 0), self.task.testing(batch)):
            drawn = next(iter(first))
            each = (drawn.inputs.shape[0], batch)
            steps = len(drawn.targets) if problem.targets == "sequence" else each[0]
            where = (batch,) if problem.targets == "one" else (steps, batch)
            assert problem.source == "sequence" or each[0] == 1
            fits(drawn.inputs, each, problem.inputs, problem.tokens)
            fits(drawn.targets, where, problem.outputs, problem.loss == "cross-entropy")

    def test_causal(self) -> None:
        """A task whose targets stand in later inputs says that its problem is causal.

        Otherwise a network that reads them would be measured, and score what means nothing.
        """
        problem = self.task.problem
        if problem.targets != "every":
            assert not problem.causal
        elif not problem.causal:
            batches = islice(self.task.training(self.batch, 0), 5)
            pairs = zip(*((b.inputs, b.targets) for b in batches), strict=True)
            inputs, targets = (np.concatenate(arrays, axis=1) for arrays in pairs)
            shifts = range(1, len(inputs) // 2 + 1)
            assert [k for k in shifts if stand_in(targets[:-k], inputs[k:])] == []

    def test_lengths(self) -> None:
        """Where sequences have lengths, each has one: a step at least, and at most all."""
        problem = self.task.problem
        sequence = problem.lengths and problem.targets == "sequence"
        for stream in (self.task.training(self.batch, 0), self.task.testing(self.batch)):
            for batch in islice(stream, 3):
                fit(batch.lengths, len(batch.inputs), self.batch, problem.lengths)
                fit(batch.target_lengths, len(batch.targets), self.batch, sequence)

    def test_resets(self) -> None:
        """Where batches say which examples begin another sequence, at first all do, later some.

        Only a task that carries the state has anything to say there.
        """
        problem, batches = self.task.problem, islice(self.task.training(self.batch, 0), 50)
        if not problem.resets:
            assert all(batch.resets is None for batch in batches)
            return
        assert self.task.carries_state
        first, *rest = (np.asarray(batch.resets) for batch in batches)
        held_out = np.asarray(next(iter(self.task.testing(self.batch))).resets)
        for resets in (first, held_out, *rest):
            assert np.shape(resets) == (self.batch,)
            assert resets.dtype.kind == "b"
        assert np.all(first)
        assert np.all(held_out)
        assert np.any(rest)
        assert not np.all(rest)

    def test_ends(self) -> None:
        """Of target sequences of tokens each closes with the end, if there is one, and once."""
        problem = self.task.problem
        if problem.targets != "sequence" or problem.loss != "cross-entropy":
            assert (problem.begin, problem.end) == (-1, -1)
            return
        assert 0 <= problem.begin < problem.outputs
        for stream in (self.task.training(self.batch, 0), self.task.testing(self.batch)):
            batch = next(iter(stream))
            there = self.there(batch)
            counted = np.ones(batch.targets.shape, bool) if there is None else there
            assert not ((batch.targets == problem.begin) & counted).any()
            ends = (batch.targets == problem.end) & counted
            if problem.end != -1:
                assert (ends.sum(axis=0) == 1).all()
                assert np.array_equal(ends.argmax(axis=0) + 1, counted.sum(axis=0))

    def test_length(self) -> None:
        """``length_option`` is an option; one more, and a batch has one time step more."""
        name = self.task.length_option
        assert name in {field.name for field in dataclasses.fields(self.task)}
        longer = dataclasses.replace(self.task, **{name: getattr(self.task, name) + 1})
        drawn = [next(iter(task.training(self.batch, 0))) for task in (self.task, longer)]
        one = self.task.problem.source == "one"  # then it is the target that has steps
        steps = [len(batch.targets if one else batch.inputs) for batch in drawn]
        assert steps[1] == steps[0] + 1
        held_out = next(iter(self.task.testing(self.batch)))
        steps.append(len(held_out.targets if one else held_out.inputs))
        assert 1 <= self.task.time_steps <= max(steps[0], steps[2])


def same(one: Batch, other: Batch) -> bool:
    """Return whether two batches are equal, to the bit."""
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def fits(array: np.ndarray, where: tuple[int, ...], size: int, classes: bool) -> None:
    """Assert that ``array`` holds one of ``size`` classes, or ``size`` numbers, everywhere."""
    if classes:
        assert array.shape == where
        assert np.issubdtype(array.dtype, np.integer)
        assert 0 <= array.min() <= array.max() < size
    else:
        assert array.shape == (*where, size)
        assert np.issubdtype(array.dtype, np.floating)
        assert np.isfinite(array).all()


def stand_in(targets: np.ndarray, inputs: np.ndarray) -> bool:
    """Return whether a column of the inputs is one of the targets, which is not constant."""
    told, given = (np.atleast_3d(array).T for array in (targets, inputs))  # (O, B, T), (I, B, T)
    return any(np.ptp(one) > 0 and np.array_equal(one, other) for one in told for other in given)


def fit(lengths: np.ndarray | None, steps: int, examples: int, wanted: bool) -> None:
    """Assert that there are lengths if they are wanted, one for each example, of 1 to ``steps``."""
    assert (lengths is not None) == wanted
    if lengths is not None:
        assert np.shape(lengths) == (examples,)
        assert np.issubdtype(np.asarray(lengths).dtype, np.integer)
        assert 1 <= np.min(lengths) <= np.max(lengths) <= steps
