"""Temporal order: say in which order two or three marked symbols came.

Hochreiter & Schmidhuber, "Long short-term memory", Neural Computation 9(8), 1997, experiments 6a
(two symbols, four classes) and 6b (three symbols, eight classes).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import msgspec
import numpy as np

from rnnbench import Batch, Defaults, Problem
from rnnbench_tasks.synthetic.drawn import Synthetic

#: Tokens: the start is 0, the end is 1, distractors are 2 to 5, the marked symbols X and Y 6 and 7.
START, END, DISTRACTORS, MARKED = 0, 1, range(2, 6), (6, 7)
#: Where the marked symbols stand, as shares of the length, by how many there are.
PLACES = {2: ((0.1, 0.2), (0.5, 0.6)), 3: ((0.1, 0.2), (0.33, 0.43), (0.66, 0.76))}


@dataclass(frozen=True)
class TemporalOrder(Synthetic):
    """Read T symbols among which two are X or Y, and say which of the four orders it was.

    The first symbol is the start and the last the end; between them stand distractors, drawn
    uniformly from four, but for the marked symbols, each X or Y with the same chance. The first
    marked symbol stands at a step drawn uniformly from T/10 to T/5, the second from T/2 to 3T/5; of
    three, from 0.1 to 0.2, 0.33 to 0.43 and 0.66 to 0.76. These are the places of the paper, where
    T is drawn from 100 to 110; here all sequences are of one length.

    Batches are tokens ``(T, B)`` with one class ``(B,)``: the marked symbols read as a binary
    number. The loss is the cross-entropy, the score the share of right answers; chance is 1/4, or
    1/8 for three symbols.

    Attributes:
        length: T, in steps.
        symbols: how many are marked: 2 (experiment 6a) or 3 (6b).
    """

    name: ClassVar[str] = "temporal-order"
    defaults: ClassVar[Defaults] = Defaults(hidden=32, lr=1e-2, steps=400)
    higher_is_better: ClassVar[bool] = True

    length: Annotated[int, msgspec.Meta(ge=12)] = 40
    symbols: Literal[2, 3] = 2

    @property
    def score_name(self) -> str:
        """The share of right answers."""
        return "accuracy"

    @property
    def sizes(self) -> str:
        """The length and how many symbols are marked."""
        return f"T {self.length}, {self.symbols} marked"

    @property
    def problem(self) -> Problem:
        """Tokens in, one class out."""
        return Problem(
            inputs=MARKED[-1] + 1,
            outputs=2**self.symbols,
            tokens=True,
            loss="cross-entropy",
            targets="one",
        )

    def draw(self, rng: np.random.Generator, batch: int) -> Batch:
        """Draw distractors, the places and the marked symbols."""
        inputs = rng.integers(DISTRACTORS.start, DISTRACTORS.stop, (self.length, batch))  # (T, B)
        inputs[0], inputs[-1] = START, END
        marked = rng.integers(0, 2, (self.symbols, batch))
        for (low, high), bits in zip(PLACES[self.symbols], marked, strict=True):
            places = rng.integers(round(low * self.length), round(high * self.length) + 1, batch)
            inputs[places, np.arange(batch)] = MARKED[0] + bits
        powers = 2 ** np.arange(self.symbols)[::-1]
        return Batch(inputs, powers @ marked)

    def measure(self, outputs: np.ndarray, batch: Batch) -> tuple[float, float]:
        """Count the right answers, and all of them."""
        right = outputs.argmax(axis=-1) == batch.targets
        return float(right.sum()), float(right.size)

    @property
    def naive_score(self) -> float:
        """Chance: 1/4, or 1/8 for three symbols."""
        return 1 / 2**self.symbols

    @property
    def target(self) -> float:
        """Nineteen of twenty orders."""
        return 0.95

    @property
    def naive_loss(self) -> float:
        """The logarithm of the number of orders, in nats."""
        return self.symbols * math.log(2)
