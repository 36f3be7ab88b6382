"""The task contract: a stream of NumPy batches with a loss, a score and a naive baseline."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from rnnbench.models.arrays.trees import Batch
from rnnbench.models.problem import Problem
from rnnbench.models.vocabulary import Vocabulary
from rnnbench.schema.types import OptimizerName

#: The option of a task that sets a share of what it trains on aside, for :meth:`Task.validation`.
VALIDATION_SPLIT = "validation_split"


@dataclass(frozen=True)
class Defaults:
    """The sizes and the training with which a task is run unless something else is asked for."""

    hidden: int = 64
    layers: int = 1
    batch: int = 32
    embedding: int = 0
    optimizer: OptimizerName = "adam"
    lr: float = 1e-3
    clip: float | None = 1.0
    steps: int = 500


@dataclass(frozen=True)
class Task(ABC):
    """A stream of batches, deterministic by seed and independent of any framework.

    A subclass is a frozen dataclass; its fields are the task's options, each with a default. Values
    are of the types below, or NumPy's scalars of that kind; numbers are finite, but for what is
    measured of a model that diverged.

    A task that reads files reads them once, when they are first needed, and keeps what it has read
    (:func:`functools.cached_property`), so that all its answers are of the same data; it states
    their :attr:`data_hash` and their :attr:`split`.
    """

    #: The name in tables and on the command line.
    name: ClassVar[str]
    #: Raised whenever the data or the score change, so that old results are not mistaken for new.
    version: ClassVar[int] = 1
    #: The sizes and training used unless asked otherwise.
    defaults: ClassVar[Defaults] = Defaults()
    #: Whether a batch continues the sequences of the one before it (truncated BPTT).
    carries_state: ClassVar[bool] = False
    #: The option that sets how long sequences are: one more, and a batch has one time step more.
    length_option: ClassVar[str] = "length"
    #: What held-out batches are computed from: the targets up to each step, as in training
    #: (``taught``), or what the model itself has said so far (``generated``).
    evaluation: ClassVar[Literal["taught", "generated"]] = "taught"
    #: What :meth:`groups` tells held-out examples apart by, such as ``length``; empty for nothing.
    grouped_by: ClassVar[str] = ""
    #: Whether a larger score is better.
    higher_is_better: ClassVar[bool] = False

    @property
    @abstractmethod
    def score_name(self) -> str:
        """What :meth:`score` returns, with its unit: ``bits per character``."""

    @property
    @abstractmethod
    def sizes(self) -> str:
        """The sizes that the options set, for the heading of a table: ``T 100``."""

    @property
    def time_steps(self) -> int:
        """At least so many time steps has the longest batch: the value of :attr:`length_option`.

        By it a batch that no machine can hold is refused before one is drawn. Override it where
        other options make batches longer, as where those that are held out are.
        """
        return max(1, int(getattr(self, self.length_option, 1)))

    @property
    @abstractmethod
    def problem(self) -> Problem:
        """The model this task needs. Reads the data where that decides the sizes."""

    def check(self, batch: int) -> None:
        """Raise UsageError if the options or the data can't serve batches of this size."""

    @abstractmethod
    def training(self, batch: int, seed: int) -> Iterator[Batch]:
        """Yield training batches without end, the same ones for the same seed.

        NumPy arrays that fit :attr:`problem`, all of one shape; a run refuses others.
        """

    @abstractmethod
    def testing(self, batch: int) -> Iterable[Batch]:
        """Return the held-out batches, the same for every row and seed, all of one shape."""

    def validation(self, batch: int) -> Iterable[Batch] | None:
        """Return batches like those of :meth:`testing`, by which a training may be stopped.

        None where the task has none; they are neither trained on nor scored. A task that would have
        to train on fewer data for them has an option :data:`VALIDATION_SPLIT`, the share of these
        that is set aside, 0 by default; the core sets it where a training may be stopped early.
        """
        return None

    @abstractmethod
    def measure(self, outputs: np.ndarray, batch: Batch) -> tuple[float | np.ndarray, float]:
        """Return the sum and the count whose quotient, over all batches, is scored.

        A score that is no mean is made of several sums ``(S,)`` by :meth:`finish`: BLEU, of matches
        and lengths.

        Args:
            outputs: what a model returned for the batch, ``(T, B, O)`` or ``(B, O)``.
            batch: the batch, as :meth:`testing` yielded it.
        """

    def score(self, mean: float) -> float:
        """Turn the mean of what :meth:`measure` sums into the score."""
        return mean

    def finish(self, total: float | np.ndarray, count: float) -> float:
        """Return the score of the sum and the count of all batches: that of their quotient.

        Override it, instead of :meth:`score`, where :meth:`measure` returns several sums. The naive
        score is then that of exactly what is scored, never an expectation.
        """
        return self.score(float(total) / count)

    @property
    def target(self) -> float | None:
        """A score that a model which is chosen well reaches within the default training.

        How many steps and seconds that takes is told for each row. None where nobody can know it,
        as with a user's own data.
        """
        return None

    @property
    def beam(self) -> int:
        """How many beginnings a beam search keeps where tokens are ``generated``; 1 is greedy.

        A task may have an option of this name.
        """
        return 1

    def groups(self, batch: Batch) -> np.ndarray:
        """Return a number ``(B,)`` for each held-out example, as :attr:`grouped_by` says.

        The score is then recorded for each number as well: a curve over it.
        """
        raise NotImplementedError(f"{self.name} says grouped_by, but has no groups")

    @property
    @abstractmethod
    def naive_score(self) -> float:
        """The score of a predictor that has learnt nothing but the marginal distribution.

        Over the held-out data that batches of the default size cover, or in expectation where
        they are drawn.
        """

    def naive_score_for(self, batch: int) -> float:
        """Return the score of that predictor over exactly what ``testing(batch)`` yields.

        Override it where the size of a batch decides which of the data are scored, as where whole
        batches leave a rest; else it is :attr:`naive_score`.
        """
        return self.naive_score

    @property
    @abstractmethod
    def naive_loss(self) -> float:
        """The training loss of that predictor."""

    @property
    def data_hash(self) -> str | None:
        """The SHA-256 of all that was read from files, or None where the task makes its own.

        Of another task with the same options it is another one if the files have changed.
        """
        return None

    @property
    def reads(self) -> Vocabulary | None:
        """What the tokens of its inputs stand for; None where they are no text.

        A net that is trained on it can then be given a text, see ``rnnbench generate``.
        """
        return None

    @property
    def writes(self) -> Vocabulary | None:
        """What the tokens of its outputs stand for, likewise."""
        return None

    @property
    def split(self) -> str | None:
        """Which part of the data is trained on and which is scored, so that no two are told alike.

        In words and numbers: ``trained on 900 words, scored on the 100 after them``; None where the
        task makes its own data.
        """
        return None

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a user should know of the data, a line each; told once, before a run begins."""
        return ()
