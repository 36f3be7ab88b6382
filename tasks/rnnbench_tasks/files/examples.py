"""Tasks with a fixed set of examples: each is read once before the first is read again."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar

import msgspec
import numpy as np

from rnnbench import Batch, Task, UsageError
from rnnbench_tasks.randomness import training_rng, validation_rng
from rnnbench_tasks.wording import many


@dataclass(frozen=True, eq=False)
class Examples:
    """N examples, laid out as a batch of all of them.

    Attributes:
        inputs: ``(T, N)`` tokens or ``(T, N, I)`` numbers.
        targets: of each step ``(T, N, …)``, or of each example ``(N, …)``.
        lengths: the steps of each ``(N,)``, or None where all have T.
        target_lengths: the same of the targets, where these are sequences of their own.
        one: whether there is one target for an example.
    """

    inputs: np.ndarray
    targets: np.ndarray
    lengths: np.ndarray | None = None
    target_lengths: np.ndarray | None = None
    one: bool = False

    @property
    def count(self) -> int:
        """N."""
        return int(self.inputs.shape[1])

    def in_order(self, batch: int) -> Iterator[Batch]:
        """Yield all of them once, as far as whole batches reach."""
        for first in range(0, self.count - batch + 1, batch):
            yield self.batch(np.arange(first, first + batch))

    def some(self, which: np.ndarray) -> Examples:
        """Return some of them."""
        return Examples(*self.batch(which)[:4], one=self.one)

    def batch(self, which: np.ndarray) -> Batch:
        """Return some of them as a batch."""
        return Batch(
            self.inputs[:, which],
            self.targets[which] if self.one else self.targets[:, which],
            None if self.lengths is None else self.lengths[which],
            None if self.target_lengths is None else self.target_lengths[which],
        )


@dataclass(frozen=True)
class FromExamples(Task):
    """A task whose examples are in hand: some to train on, others to score.

    Training goes through the examples in an order drawn from the seed, in another one each time.
    Held out are the others in their order, as far as whole batches reach.

    Attributes:
        validation_split: the share of what is trained on that is set aside for validation instead:
            examples drawn once, the same for every seed, or the last ones where they follow each
            other in time. What a naive predictor knows is counted over all of them.
    """

    #: Whether one example follows another in time, so that neighbours are alike.
    in_time: ClassVar[bool] = False

    validation_split: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.0

    @property
    @abstractmethod
    def train(self) -> Examples:
        """What is trained on, or set aside of that; UsageError if it can't be read."""

    @property
    @abstractmethod
    def valid(self) -> Examples:
        """What is scored."""

    @property
    @abstractmethod
    def source(self) -> str:
        """Where the examples come from, in a word, for tables and errors."""

    @property
    def noun(self) -> str:
        """What the examples are, in the plural."""
        return "examples"

    @property
    def others(self) -> str:
        """Which of them are scored, in a word."""
        return "others"

    @property
    def own_validation(self) -> Examples | None:
        """Examples that are for validation anyway, so that none need be set aside."""
        return None

    @cached_property
    def _divided(self) -> tuple[Examples, Examples | None]:
        """What is trained on, and what a training may be stopped by."""
        if not self.validation_split or self.own_validation is not None:
            return self.train, self.own_validation if self.validation_split else None
        count = self.train.count
        order = np.arange(count) if self.in_time else validation_rng().permutation(count)
        kept = count - round(self.validation_split * count)
        return self.train.some(np.sort(order[:kept])), self.train.some(np.sort(order[kept:]))

    def check(self, batch: int) -> None:
        """Raise UsageError if there are fewer examples than a batch needs."""
        trained, aside = self._divided
        needed = {"train on": trained, "validate on": aside, "score": self.valid}
        for what, examples in needed.items():
            if examples is not None and examples.count < batch:
                raise UsageError(
                    f"{self.source} holds {many(examples.count, self.noun)} to {what}, but a "
                    f"batch takes {batch}: give more {self.noun}, or a smaller batch"
                )

    def training(self, batch: int, seed: int) -> Iterator[Batch]:
        """Yield batches of what is trained on, shuffled anew each time all were read."""
        examples, rng = self._divided[0], training_rng(seed)
        order = np.array([], np.int64)
        while True:
            if len(order) < batch:
                order = np.append(order, rng.permutation(examples.count))
            yield examples.batch(order[:batch])
            order = order[batch:]

    def testing(self, batch: int) -> Iterator[Batch]:
        """Yield what is scored, once."""
        return self.valid.in_order(batch)

    def validation(self, batch: int) -> Iterator[Batch] | None:
        """Return what was set aside, once; None where nothing was."""
        aside = self._divided[1]
        return None if aside is None else aside.in_order(batch)

    @property
    def split(self) -> str:
        """How many are trained on, how many are for validation, and how many are scored."""
        trained, aside = self._divided
        validated = "" if aside is None else f"validated on {aside.count}, "
        scored = f"scored on {self.valid.count} {self.others}"
        return f"trained on {trained.count} {self.noun}, {validated}{scored}"


class Classified(FromExamples):
    """Examples that each bear one of several classes."""

    higher_is_better = True

    @property
    def score_name(self) -> str:
        """The share of right answers."""
        return "accuracy"

    def measure(self, outputs: np.ndarray, batch: Batch) -> tuple[float, float]:
        """Count the right answers, and all of them."""
        right = outputs.argmax(axis=-1) == batch.targets
        return float(right.sum()), float(right.size)

    def frequencies(self) -> np.ndarray:
        """Return the share ``(O,)`` of each class in what is trained on."""
        classes = self.train.targets
        return np.bincount(classes, minlength=self.problem.outputs) / len(classes)

    @property
    def naive_score(self) -> float:
        """The share of the class most frequent in training, in batches of the default size."""
        return self.naive_score_for(self.defaults.batch)

    def naive_score_for(self, batch: int) -> float:
        """Return the share of the class most frequent in training in what is scored."""
        scored = np.concatenate([held_out.targets for held_out in self.testing(batch)])
        return float(np.mean(scored == self.frequencies().argmax()))

    @property
    def naive_loss(self) -> float:
        """The entropy of the classes of what is trained on, in nats."""
        shares = self.frequencies()
        shares = shares[shares > 0]
        return float(-(shares @ np.log(shares)))


def needs(module: str, package: str, task: str, extra: str) -> UsageError:
    """Return the error for a library that a task needs and that is not installed."""
    return UsageError(
        f"{task} needs {package}, and there is no module {module}: "
        f"pip install 'rnnbench-tasks[{extra}]'"
    )
