"""The task contract: a stream of NumPy batches with a loss, a score and a naive baseline."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from rnnbench.models.optimizer import OptimizerName
from rnnbench.models.problem import Problem
from rnnbench.models.trees import Batch


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
    @abstractmethod
    def problem(self) -> Problem:
        """The model this task needs. Reads the data where that decides the sizes."""

    def check(self, batch: int) -> None:
        """Raise UsageError if the options or the data can't serve batches of this size."""

    @abstractmethod
    def training(self, batch: int, seed: int) -> Iterator[Batch]:
        """Yield training batches without end, the same ones for the same seed."""

    @abstractmethod
    def testing(self, batch: int) -> Iterable[Batch]:
        """Return the held-out batches, the same for every row and seed, all of one shape."""

    def validation(self, batch: int) -> Iterable[Batch] | None:
        """Return batches like those of :meth:`testing`, by which a training may be stopped.

        None where the task has none; they are neither trained on nor scored.
        """
        return None

    @abstractmethod
    def measure(self, outputs: np.ndarray, batch: Batch) -> tuple[float, float]:
        """Return the sum and the count whose quotient, over all batches, is scored.

        Args:
            outputs: what a model returned for the batch, ``(T, B, O)`` or ``(B, O)``.
            batch: the batch, as :meth:`testing` yielded it.
        """

    def score(self, mean: float) -> float:
        """Turn the mean of what :meth:`measure` sums into the score."""
        return mean

    @property
    @abstractmethod
    def naive_score(self) -> float:
        """The score of a predictor that has learnt nothing but the marginal distribution."""

    @property
    @abstractmethod
    def naive_loss(self) -> float:
        """The training loss of that predictor."""

    @property
    def data_hash(self) -> str | None:
        """The SHA-256 of the data, or None where the task makes its own."""
        return None
