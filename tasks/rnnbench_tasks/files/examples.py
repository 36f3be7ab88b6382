"""Tasks with a fixed set of examples: each is read once before the first is read again."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rnnbench import Batch, Task, UsageError
from rnnbench_tasks.randomness import training_rng


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
    """

    @property
    @abstractmethod
    def train(self) -> Examples:
        """What is trained on; UsageError if it can't be read."""

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

    def check(self, batch: int) -> None:
        """Raise UsageError if there are fewer examples than a batch needs."""
        for what, examples in (("train on", self.train), ("score", self.valid)):
            if examples.count < batch:
                raise UsageError(
                    f"{self.source} holds {examples.count} {self.noun} to {what}, but a batch "
                    f"takes {batch}: give more {self.noun}, or a smaller batch"
                )

    def training(self, batch: int, seed: int) -> Iterator[Batch]:
        """Yield batches of what is trained on, shuffled anew each time all were read."""
        examples, rng = self.train, training_rng(seed)
        order = np.array([], np.int64)
        while True:
            if len(order) < batch:
                order = np.append(order, rng.permutation(examples.count))
            yield examples.batch(order[:batch])
            order = order[batch:]

    def testing(self, batch: int) -> Iterator[Batch]:
        """Yield what is scored, once."""
        examples = self.valid
        for first in range(0, examples.count - batch + 1, batch):
            yield examples.batch(np.arange(first, first + batch))

    @property
    def split(self) -> str | None:
        """How many are trained on, and how many are scored."""
        return f"trained on {self.train.count} {self.noun}, scored on {self.valid.count} others"


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
