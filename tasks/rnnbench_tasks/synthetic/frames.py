"""Frames: say to which of several classes a sequence of noisy feature vectors belongs.

The task that speed is measured with, since its sizes are free: features, steps and classes are
those of whatever is to be timed, as the 123 features of a frame of speech of Braun, "LSTM
benchmarks for deep learning frameworks", arXiv 1806.01818. There the frames are noise and the
classes chance; here there is something to learn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar

import msgspec
import numpy as np

from rnnbench import Batch, Defaults, Problem
from rnnbench_tasks.synthetic.drawn import Synthetic

#: How far the mean of a class lies from that of all, where the noise of a feature is 1.
SIGNAL = 1.0


@dataclass(frozen=True)
class Frames(Synthetic):
    """Read T frames around the mean of a class, and say which class it is.

        x_t = SIGNAL u_y + n_t    n_t ~ N(0, I), u_k of length 1, y uniform

    The directions u_k are drawn once, the same for all seeds. A frame alone tells little; the mean
    of all tells nearly everything. Batches are ``(T, B, F)`` with one class ``(B,)``. The loss is
    the cross-entropy, the score the share of right answers; chance is 1/K.

    Attributes:
        length: T, in steps.
        features: F, of each frame.
        classes: K.
    """

    name: ClassVar[str] = "frames"
    defaults: ClassVar[Defaults] = Defaults(hidden=32, lr=1e-2, steps=200)
    higher_is_better: ClassVar[bool] = True

    length: Annotated[int, msgspec.Meta(ge=1)] = 40
    features: Annotated[int, msgspec.Meta(ge=1)] = 16
    classes: Annotated[int, msgspec.Meta(ge=2)] = 10

    @cached_property
    def directions(self) -> np.ndarray:
        """The direction u_k of each class, ``(K, F)``."""
        drawn = np.random.default_rng(0).normal(size=(self.classes, self.features))
        return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)  # type: ignore[no-any-return]

    @property
    def score_name(self) -> str:
        """The share of right answers."""
        return "accuracy"

    @property
    def sizes(self) -> str:
        """The length and how many classes there are."""
        return f"T {self.length}, {self.classes} classes"

    @property
    def problem(self) -> Problem:
        """Features in, one class out at the end."""
        return Problem(
            inputs=self.features, outputs=self.classes, loss="cross-entropy", targets="one"
        )

    def draw(self, rng: np.random.Generator, batch: int) -> Batch:
        """Draw the classes and the noise."""
        targets = rng.integers(0, self.classes, batch)
        inputs = rng.standard_normal((self.length, batch, self.features))  # (T, B, F)
        return Batch(inputs + SIGNAL * self.directions[targets], targets)

    def measure(self, outputs: np.ndarray, batch: Batch) -> tuple[float, float]:
        """Count the right answers, and all of them."""
        right = outputs.argmax(axis=-1) == batch.targets
        return float(right.sum()), float(right.size)

    @property
    def target(self) -> float:
        """Four of five classes."""
        return 0.8

    @property
    def naive_score(self) -> float:
        """Chance: 1/K."""
        return 1 / self.classes

    @property
    def naive_loss(self) -> float:
        """Ln K, in nats."""
        return math.log(self.classes)
