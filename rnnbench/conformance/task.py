"""The promises of a task: the same batches for everyone, and a score that means what it says."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import math
import pickle
import re
from collections.abc import Callable, Sequence
from itertools import chain, islice
from typing import ClassVar, TypeAlias

import msgspec
import numpy as np
import pytest

from rnnbench.conformance.padding import GARBAGE, along, example_of, with_garbage
from rnnbench.conformance.surroundings import Conformance
from rnnbench.conformance.tasks.files import opened_files
from rnnbench.conformance.tasks.naive import Marginal, marginals
from rnnbench.contracts.task import Defaults, Task
from rnnbench.errors import UsageError
from rnnbench.models.arrays.trees import Batch
from rnnbench.models.padding import mask_of
from rnnbench.models.training.losses import LOSSES
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle.namespace import NumpyNamespace

#: Returns the outputs for a batch, knowing no more of it than its shape.
Predictor: TypeAlias = Callable[[Batch], np.ndarray]
#: What the marginal distribution is estimated from: batches of so many seeds, so many of each.
SEEDS, BATCHES = 10, 50


class TaskConformance(Conformance):
    """The promises of a task.

    Attributes:
        task: the task under test, with options that make it small.
        batch: the examples of a batch that the tests ask for; two at least.
    """

    task: ClassVar[Task]
    batch: ClassVar[int] = 8

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

    def there(self, batch: Batch) -> np.ndarray | None:
        """Return which targets are no padding ``(T, B)``, None where all count."""
        kind = self.task.problem.targets
        lengths = batch.target_lengths if kind == "sequence" else batch.lengths
        if kind == "one" or lengths is None:
            return None
        return np.asarray(mask_of(NumpyNamespace(), len(batch.targets), lengths))

    def sample(self) -> list[Batch]:
        """Return training batches of several seeds."""
        streams = (self.task.training(self.batch, seed) for seed in range(SEEDS))
        return list(chain.from_iterable(islice(stream, BATCHES) for stream in streams))

    def example_axis(self) -> int:
        """Return the axis of targets along which examples lie."""
        return 0 if self.task.problem.targets == "one" else 1

    def measured(self, outputs: np.ndarray, batch: Batch) -> list[tuple[float, float]]:
        """Return sum and count of every example."""
        axis = self.example_axis()
        return [
            self.task.measure(along(outputs, axis, slice(k, k + 1)), example_of(batch, k, axis))
            for k in range(batch.inputs.shape[1])
        ]

    def served(self) -> list[int]:
        """Return the sizes of a batch for which the naive score is held against what is scored.

        Of data that are read, whole batches leave out a rest, which the largest makes long.
        """
        if self.task.data_hash is None:
            return [self.batch]
        largest = max((2**k for k in range(13) if serves(self.task, 2**k)), default=1)
        return sorted({size for size in (1, 2, 5, self.batch, largest) if serves(self.task, size)})

    def exercise(self) -> None:
        """Draw batches, train on none, and score them."""
        self.draw(self.task)

    def draw(self, task: Task) -> None:
        """Do with a task what a run does, but for training."""
        task.check(self.batch)
        first = next(iter(task.training(self.batch, 0)))
        for batch in (first, *islice(task.testing(self.batch), 1)):
            total, count = task.measure(perfect(task, batch), batch)
            task.score(total / count)

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

    def test_batches_have_one_shape(self) -> None:
        """All batches, training and testing, have one shape."""
        batches = [
            *islice(self.task.training(self.batch, 0), 3),
            *self.task.testing(self.batch),
        ]
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

    def test_padding_is_not_scored(self) -> None:
        """What stands at padding, and what a model says there, changes no score."""
        batch = next(iter(self.task.testing(self.batch)))
        outputs = 0.9 * perfect(self.task, batch)
        there, other = self.there(batch), outputs
        if there is not None:
            other = np.where(there[..., None], outputs, GARBAGE * np.ones_like(outputs))
        whole = self.task.measure(outputs, batch)
        if self.task.problem.lengths:
            assert self.task.measure(other, with_garbage(batch)) == whole

    def test_length(self) -> None:
        """``length_option`` is an option; one more, and a batch has one time step more."""
        name = self.task.length_option
        assert name in {field.name for field in dataclasses.fields(self.task)}
        longer = dataclasses.replace(self.task, **{name: getattr(self.task, name) + 1})
        steps = [
            len(next(iter(task.training(self.batch, 0))).inputs) for task in (self.task, longer)
        ]
        assert steps[1] == steps[0] + 1

    def test_measure_is_additive(self) -> None:
        """Sum and count of a batch are those of its examples together."""
        batch = next(iter(self.task.testing(self.batch)))
        outputs = 0.9 * perfect(self.task, batch)
        whole = self.task.measure(outputs, batch)
        parts = self.measured(outputs, batch)
        assert np.isfinite(whole).all()
        assert whole[1] > 0
        np.testing.assert_allclose(whole, np.sum(parts, axis=0), rtol=1e-9, atol=1e-12)

    def test_perfect_score(self) -> None:
        """Right answers score better than the naive predictor, in the direction that is told."""
        batch = next(iter(self.task.testing(self.batch)))
        total, count = self.task.measure(perfect(self.task, batch), batch)
        score, naive = self.task.score(total / count), self.task.naive_score
        assert score > naive if self.task.higher_is_better else score < naive

    def test_naive_score(self) -> None:
        """The naive score is that of a naive predictor on exactly the data that are scored.

        Of batches that are drawn, within four standard errors; data that are read leave no chance
        to a predictor that is no estimate.
        """
        predictors = self.naive_predictors()
        for size in self.served():
            batches, scores = list(self.task.testing(size)), []
            for predictor in predictors:
                pairs = chain.from_iterable(self.measured(predictor(b), b) for b in batches)
                sampled = self.task.data_hash is None or isinstance(predictor, Marginal)
                mean, slack = mean_and_slack(np.array(list(pairs)), predictor, sampled)
                scores.append(sorted(self.task.score(m) for m in (mean - slack, mean + slack)))
            naive = self.task.naive_score_for(size)
            assert any(low <= naive <= high for low, high in scores), (size, naive, scores)

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

    def test_words(self) -> None:
        """Name, score and sizes are words on one line; the docstring says what the task is."""
        assert re.fullmatch(r"[a-z][a-z0-9_-]*", self.task.name)
        for text in (self.task.score_name, self.task.sizes):
            assert text.strip()
            assert "\n" not in text
        assert inspect.getdoc(type(self.task))

    def test_defaults(self) -> None:
        """The task can be built without options; its default sizes and training are valid."""
        assert type(self.task)() == type(self.task)()
        found = self.task.defaults
        assert isinstance(found, Defaults)
        assert min(found.hidden, found.layers, found.batch, found.steps) >= 1
        assert found.embedding == 0 or (found.embedding > 0 and self.task.problem.tokens)
        options = {"name": found.optimizer, "lr": found.lr, "clip": found.clip}
        msgspec.convert(options, Optimizer)
        assert found.lr > 0
        assert found.clip is None or found.clip > 0

    def test_options_travel(self) -> None:
        """The task can be pickled, and its options written as JSON and read from text."""
        assert pickle.loads(pickle.dumps(self.task)) == copy.deepcopy(self.task)
        options = msgspec.json.decode(msgspec.json.encode(dataclasses.asdict(self.task)))
        assert msgspec.convert(options, type(self.task), strict=False) == self.task

    def test_data_hash(self) -> None:
        """The hash of the data is a SHA-256 in hexadecimal; None only where no file is read."""
        anew = dataclasses.replace(self.task)
        with opened_files() as files:
            self.draw(anew)
        assert not files if anew.data_hash is None else len(bytes.fromhex(anew.data_hash)) == 32

    def test_split(self) -> None:
        """Data that are read are split into what is trained on and what is scored, in one line."""
        split, remarks = self.task.split, self.task.remarks
        assert (split is None) == (self.task.data_hash is None)
        assert all(line.strip() and "\n" not in line for line in (split or "none", *remarks))


def serves(task: Task, batch: int) -> bool:
    """Return whether a task has data enough for batches of a size."""
    try:
        task.check(batch)
    except UsageError:
        return False
    return True


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


def perfect(task: Task, batch: Batch) -> np.ndarray:
    """Return the outputs of a predictor that knows the targets."""
    if task.problem.loss == "mse":
        return np.array(batch.targets)
    return np.where(batch.targets[..., None] == np.arange(task.problem.outputs), 50.0, -50.0)


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
