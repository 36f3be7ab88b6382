"""Selective copying: recall symbols that stood among noise, at places that differ each time.

Gu & Dao, "Mamba: linear-time sequence modeling with selective state spaces", arXiv 2312.00752,
section 4.1.1, after Jing et al., "Gated orthogonal recurrent units", Neural Computation 31(4),
2019: copy memory with the gaps between the symbols drawn at random, so that a system has to choose
by what it reads what it keeps.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar

import msgspec
import numpy as np

from rnnbench import Batch, Defaults, Problem, UsageError
from rnnbench_tasks.synthetic.drawn import Synthetic

#: Tokens: noise is 0, the symbols are 1 to ``alphabet``, the marker is the one after them.
NOISE = 0


@dataclass(frozen=True)
class SelectiveCopy(Synthetic):
    """Read K symbols at random places among noise, then say them in the order in which they came.

    A sequence has T+K steps:

        step    0 … T-1                                  T … T+K-1
        input   s_0 … s_{K-1} at random steps, noise     marker
        target  noise                                    s_0 … s_{K-1}

    The K places are drawn uniformly from all choices, the symbols uniformly from the alphabet.
    Inputs and targets are tokens ``(T+K, B)``; the marker is never a target.

    The loss is the cross-entropy over all steps; without memory the best is to predict noise, and
    all symbols alike at the markers: K ln A / (T+K). The score is the accuracy at the markers
    alone; chance is 1/A.

    The paper has T = 4096, K = 16 and an alphabet of 16.

    Attributes:
        length: T, the steps before the first marker.
        symbols: K, how many are to be recalled.
        alphabet: A, how many there are.
    """

    name: ClassVar[str] = "selective-copy"
    defaults: ClassVar[Defaults] = Defaults(embedding=16, hidden=64, lr=1e-2, steps=500)
    higher_is_better: ClassVar[bool] = True

    length: Annotated[int, msgspec.Meta(ge=2)] = 12
    symbols: Annotated[int, msgspec.Meta(ge=1)] = 3
    alphabet: Annotated[int, msgspec.Meta(ge=2, le=1 << 16)] = 4

    @property
    def score_name(self) -> str:
        """The share of recalled symbols that are right."""
        return "recall"

    @property
    def sizes(self) -> str:
        """The length, how many symbols, of how many."""
        return f"T {self.length}, {self.symbols} symbols of {self.alphabet}"

    @property
    def problem(self) -> Problem:
        """Tokens in, a class at every step; no later input holds a symbol that is asked for."""
        return Problem(
            inputs=self.alphabet + 2, outputs=self.alphabet + 1, tokens=True, loss="cross-entropy"
        )

    def check(self, batch: int) -> None:
        """Raise UsageError if the symbols find no place."""
        if self.symbols > self.length:
            raise UsageError(
                f"selective-copy: {self.symbols} symbols find no place in {self.length} steps: "
                "give a larger length, or fewer symbols"
            )

    def draw(self, rng: np.random.Generator, batch: int) -> Batch:
        """Draw the symbols and their places."""
        symbols = rng.integers(1, self.alphabet + 1, (self.symbols, batch))
        shuffled = rng.random((self.length, batch)).argsort(axis=0)
        places = np.sort(shuffled[: self.symbols], axis=0)  # (K, B), each choice with one chance
        inputs = np.full((self.length + self.symbols, batch), NOISE)
        inputs[places, np.arange(batch)] = symbols
        inputs[self.length :] = self.alphabet + 1
        targets = np.full_like(inputs, NOISE)
        targets[self.length :] = symbols
        return Batch(inputs, targets)

    def measure(self, outputs: np.ndarray, batch: Batch) -> tuple[float, float]:
        """Count the right symbols at the markers, and the markers."""
        right = outputs[self.length :].argmax(axis=-1) == batch.targets[self.length :]
        return float(right.sum()), float(right.size)

    @property
    def naive_score(self) -> float:
        """Chance: 1/A."""
        return 1 / self.alphabet

    @property
    def target(self) -> float:
        """Nineteen of twenty symbols."""
        return 0.95

    @property
    def naive_loss(self) -> float:
        """K ln A / (T+K), in nats per step."""
        return self.symbols * math.log(self.alphabet) / (self.length + self.symbols)
