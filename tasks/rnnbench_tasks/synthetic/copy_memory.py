"""Copy memory: recall ten symbols after a delay.

Hochreiter & Schmidhuber, "Long short-term memory", Neural Computation 9(8), 1997, posed the
problem; this form is that of Arjovsky, Shah & Bengio, "Unitary evolution recurrent neural
networks", arXiv 1511.06464, section 4.1, and of Bai, Kolter & Koltun, "An empirical evaluation of
generic convolutional and recurrent networks for sequence modeling", arXiv 1803.01271.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import msgspec
import numpy as np

from rnnbench import Batch, Defaults, Problem
from rnnbench_tasks.synthetic.drawn import Synthetic

#: Tokens: the blank is 0, the symbols are 1 to 8, the marker is 9.
BLANK, SYMBOLS, MARKER = 0, 8, 9
#: How many symbols are to be recalled.
RECALL = 10


@dataclass(frozen=True)
class CopyMemory(Synthetic):
    """Read ten symbols, wait, and say them again after a marker.

    With delay T a sequence has T+20 steps, counted from 0; s_k are drawn uniformly from 8 symbols:

        step             0 … 9        10 … T+8     T+9       T+10 … T+19
        input, single    s_0 … s_9    blank        marker    blank
        input, repeated  s_0 … s_9    blank        marker    marker
        target           blank        blank        blank     s_0 … s_9

    So T-1 blanks stand before the (first) marker, and T steps lie between the last symbol and the
    first recall. ``single`` is the layout of Arjovsky et al.; ``repeated`` is that of Bai et al.,
    which tells the network at every step that it is recalling. Inputs and targets are tokens
    ``(T+20, B)``. There are 10 input tokens but 9 output classes, in both layouts, since the marker
    is never a target.

    The loss is the cross-entropy over all steps. Without memory the best is to predict blanks, and
    at the ten recall steps all symbols alike: a loss of 10 ln 8 / (T+20). The score is the
    accuracy at the recall steps alone (chance 1/8), for over all steps the same predictor is right
    at nearly every one.

    Attributes:
        delay: T, in steps.
        layout: where markers stand.
    """

    name: ClassVar[str] = "copy-memory"
    # The papers feed symbols one-hot (embedding 0); an embedding learns in far fewer steps.
    defaults: ClassVar[Defaults] = Defaults(embedding=32, lr=1e-2, steps=400)
    higher_is_better: ClassVar[bool] = True
    length_option: ClassVar[str] = "delay"

    delay: Annotated[int, msgspec.Meta(ge=1)] = 5
    layout: Literal["single", "repeated"] = "single"

    @property
    def score_name(self) -> str:
        """The share of recalled symbols that are right."""
        return "recall"

    @property
    def sizes(self) -> str:
        """The delay and the layout."""
        return f"delay {self.delay}, {self.layout} marker"

    @property
    def problem(self) -> Problem:
        """Tokens in, a class at every step; no later input holds a symbol that is asked for."""
        return Problem(inputs=MARKER + 1, outputs=MARKER, tokens=True, loss="cross-entropy")

    def draw(self, rng: np.random.Generator, batch: int) -> Batch:
        """Draw the symbols and lay them out."""
        symbols = rng.integers(1, SYMBOLS + 1, (RECALL, batch))
        inputs = np.full((self.delay + 2 * RECALL, batch), BLANK)  # (T+20, B)
        targets = np.full_like(inputs, BLANK)
        inputs[:RECALL] = symbols
        inputs[-RECALL - 1] = MARKER
        if self.layout == "repeated":
            inputs[-RECALL:] = MARKER
        targets[-RECALL:] = symbols
        return Batch(inputs, targets)

    def measure(self, outputs: np.ndarray, batch: Batch) -> tuple[float, float]:
        """Count the right symbols at the recall steps, and those steps."""
        right = outputs[-RECALL:].argmax(axis=-1) == batch.targets[-RECALL:]
        return float(right.sum()), float(right.size)

    @property
    def naive_score(self) -> float:
        """Chance: 1/8."""
        return 1 / SYMBOLS

    @property
    def target(self) -> float:
        """Nine of ten symbols."""
        return 0.9

    @property
    def naive_loss(self) -> float:
        """10 ln 8 / (T+20), in nats per step."""
        return RECALL * math.log(SYMBOLS) / (self.delay + 2 * RECALL)
