"""Associative recall: read pairs of a key and a value, then give the value of each key asked for.

Arora et al., "Zoology: measuring and improving recall in efficient language models",
arXiv 2312.04927, section 4 (multi-query associative recall), after Graves, Wayne & Danihelka,
"Neural Turing machines", arXiv 1410.5401, section 4.3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar

import msgspec
import numpy as np

from rnnbench import Batch, Defaults, Problem, UsageError
from rnnbench_tasks.synthetic.drawn import Synthetic

#: The token and the class that mean nothing.
BLANK = 0


@dataclass(frozen=True)
class AssociativeRecall(Synthetic):
    """Read P pairs, then give the value of each key among the queries.

    A sequence has 2P+Q steps, Q at least P:

        step    0    1    …  2P-2     2P-1     2P … 2P+Q-1
        input   k_1  v_1  …  k_P      v_P      each key once, at random steps, blanks between
        target  blank everywhere but at a query, where it is the value of its key

    The P keys of a sequence are different ones of K, drawn uniformly; a value is drawn uniformly
    from V and may come twice. Tokens are the blank 0, then the keys, then the values; classes are
    the blank 0, then the values. Inputs and targets are ``(2P+Q, B)``.

    The paper places queries by a power law of their distance, with 8192 tokens; here each order of
    the queries has the same chance.

    The loss is the cross-entropy over all steps. Of one that knows only how often what is asked for
    it is Q/(2P+Q) times the entropy of a query's step, where a blank has the chance 1-P/Q and each
    value P/(QV). The score is the accuracy at the queries; chance is 1/V.

    What a network can hold is set by ``--hidden``, what it has to hold by ``pairs``.

    Attributes:
        pairs: P.
        queries: Q, the steps in which keys are asked for.
        keys: K, at least P.
        values: V.
    """

    name: ClassVar[str] = "associative-recall"
    defaults: ClassVar[Defaults] = Defaults(embedding=32, hidden=64, lr=1e-2, steps=600)
    higher_is_better: ClassVar[bool] = True
    length_option: ClassVar[str] = "queries"

    pairs: Annotated[int, msgspec.Meta(ge=1)] = 2
    queries: Annotated[int, msgspec.Meta(ge=1)] = 4
    keys: Annotated[int, msgspec.Meta(ge=1, le=1 << 16)] = 4
    values: Annotated[int, msgspec.Meta(ge=2, le=1 << 16)] = 4

    @property
    def score_name(self) -> str:
        """The share of queries that are answered right."""
        return "recall"

    @property
    def sizes(self) -> str:
        """The pairs, and how many keys and values there are."""
        where = f"{self.pairs} pairs, {self.queries} steps of queries"
        return f"{where}, {self.keys} keys, {self.values} values"

    @property
    def problem(self) -> Problem:
        """Tokens in, a class at every step; a value that is asked for has been read before."""
        return Problem(
            inputs=1 + self.keys + self.values,
            outputs=1 + self.values,
            tokens=True,
            loss="cross-entropy",
        )

    @property
    def time_steps(self) -> int:
        """Those of pairs and of queries."""
        return 2 * self.pairs + self.queries

    def check(self, batch: int) -> None:
        """Raise UsageError if there are fewer keys, or fewer steps for queries, than pairs."""
        for name in ("keys", "queries"):
            if (count := getattr(self, name)) < self.pairs:
                raise UsageError(
                    f"associative-recall: {self.pairs} pairs need as many {name}, and there are "
                    f"{count}: set associative-recall.{name}, or fewer pairs"
                )

    def draw(self, rng: np.random.Generator, batch: int) -> Batch:
        """Draw the pairs and the places of the queries."""
        keys = 1 + rng.random((self.keys, batch)).argsort(axis=0)[: self.pairs]  # (P, B)
        values = 1 + rng.integers(0, self.values, (self.pairs, batch))
        places = 2 * self.pairs + rng.random((self.queries, batch)).argsort(axis=0)[: self.pairs]
        inputs = np.full((2 * self.pairs + self.queries, batch), BLANK)
        targets = np.full_like(inputs, BLANK)
        inputs[0 : 2 * self.pairs : 2], inputs[1 : 2 * self.pairs : 2] = keys, self.keys + values
        inputs[places, np.arange(batch)] = keys
        targets[places, np.arange(batch)] = values
        return Batch(inputs, targets)

    def measure(self, outputs: np.ndarray, batch: Batch) -> tuple[float, float]:
        """Count the right values at the queries, and the queries.

        What a model says of the blank counts for nothing there: the most likely value is its
        answer.
        """
        asked = batch.targets != BLANK
        right = (outputs[..., 1:].argmax(axis=-1) + 1 == batch.targets)[asked]
        return float(right.sum()), float(right.size)

    @property
    def naive_score(self) -> float:
        """Chance: 1/V."""
        return 1 / self.values

    @property
    def target(self) -> float:
        """Nineteen of twenty values."""
        return 0.95

    @property
    def naive_loss(self) -> float:
        """The entropy of a step among the queries, in nats, shared among all steps."""
        asked = self.pairs / self.queries
        blank = (1 - asked) * math.log(1 - asked) if asked < 1 else 0.0
        entropy = -blank - asked * math.log(asked / self.values)
        return self.queries * entropy / (2 * self.pairs + self.queries)
