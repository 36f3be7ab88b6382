"""The adding problem: add two marked numbers out of a long sequence.

Hochreiter & Schmidhuber, "Long short-term memory", Neural Computation 9(8), 1997, posed it. This
form, with U(0, 1), a fixed length and the error taken at the end, is that of Le, Jaitly & Hinton,
"A simple way to initialize recurrent networks of rectified linear units", arXiv 1504.00941, and of
Arjovsky, Shah & Bengio, arXiv 1511.06464, who put one mark in each half. Bai, Kolter & Koltun,
arXiv 1803.01271, put both anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import msgspec
import numpy as np

from rnnbench import Batch, Defaults, Problem
from rnnbench_tasks.synthetic.drawn import Synthetic


@dataclass(frozen=True)
class AddingProblem(Synthetic):
    """Read T numbers, two of them marked, and give the sum of these two.

        x_t = (v_t, m_t)    v_t ~ U(0, 1), m_t = 1 at the steps p and q, else 0
        y   = v_p + v_q

    Batches are ``(T, B, 2)`` with one target for a sequence, ``(B, 1)``; the loss
    and the score are the mean squared error. Without memory the best is to answer 1, the mean of
    the sum, with an error of 1/6, its variance.

    Attributes:
        length: T, in steps.
        marks: ``halves`` draws p below ⌊T/2⌋ and q from there on, both uniformly; ``anywhere``
            draws two different steps uniformly.
    """

    name: ClassVar[str] = "adding-problem"
    # An LSTM stays at 1/6 for long and then falls; firm clipping is what allows the high rate that
    # gets it there in few steps.
    defaults: ClassVar[Defaults] = Defaults(hidden=32, lr=2e-2, clip=0.1, steps=350)

    length: Annotated[int, msgspec.Meta(ge=2)] = 30
    marks: Literal["halves", "anywhere"] = "halves"

    @property
    def score_name(self) -> str:
        """The mean squared error."""
        return "mean squared error"

    @property
    def sizes(self) -> str:
        """The length and where the marks are."""
        where = "in halves" if self.marks == "halves" else "anywhere"
        return f"T {self.length}, marks {where}"

    @property
    def problem(self) -> Problem:
        """Two real channels in, one number out at the end."""
        return Problem(inputs=2, outputs=1, targets="one")

    def draw(self, rng: np.random.Generator, batch: int) -> Batch:
        """Draw the numbers and the marks."""
        examples = np.arange(batch)
        first, second = self._places(rng, batch)
        inputs = np.zeros((self.length, batch, 2))  # (T, B, 2)
        inputs[..., 0] = rng.random((self.length, batch))
        inputs[first, examples, 1] = inputs[second, examples, 1] = 1
        targets = inputs[first, examples, 0] + inputs[second, examples, 0]
        return Batch(inputs, targets[:, None])

    def measure(self, outputs: np.ndarray, batch: Batch) -> tuple[float, float]:
        """Sum the squared errors, and count them."""
        return float(np.square(outputs - batch.targets).sum()), float(outputs.size)

    @property
    def naive_score(self) -> float:
        """1/6, the variance of the sum of two independent U(0, 1)."""
        return 1 / 6

    @property
    def target(self) -> float:
        """A sixteenth of the error of whoever always says the mean."""
        return 0.01

    @property
    def naive_loss(self) -> float:
        """The same."""
        return 1 / 6

    def _places(self, rng: np.random.Generator, batch: int) -> tuple[np.ndarray, np.ndarray]:
        """Draw the two marked steps, ``(B,)`` each."""
        half = self.length // 2
        if self.marks == "halves":
            return rng.integers(0, half, batch), rng.integers(half, self.length, batch)
        first = rng.integers(0, self.length, batch)
        # A step of 1 to T-1 around the circle reaches each other place with the same chance.
        return first, (first + rng.integers(1, self.length, batch)) % self.length
