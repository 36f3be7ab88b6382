"""Formal languages: what a network has learnt of a rule, seen at words longer than it was taught.

Delétang et al., "Neural networks and the Chomsky hierarchy", ICLR 2023, arXiv 2207.02098.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar

import msgspec
import numpy as np

from rnnbench import Batch, Defaults, Problem, Task, UsageError
from rnnbench_tasks.naive import score_of
from rnnbench_tasks.padding import within
from rnnbench_tasks.randomness import testing_rng, training_rng, validation_rng
from rnnbench_tasks.synthetic.drawn import TEST_EXAMPLES, VALIDATION_EXAMPLES
from rnnbench_tasks.synthetic.formal_language.languages import LANGUAGES, Language, LanguageName

#: How many words the marginal distribution is taken from.
COUNTED = 8192
#: The class that stands where no answer is asked for.
BLANK = 0


@dataclass(frozen=True)
class FormalLanguage(Task):
    """Read a word and give the answer of a language: trained on short words, scored on long ones.

    In training the lengths of words are drawn uniformly from all that find room in ``length``
    steps, in the held-out batches from those that are longer than all of these and find room in
    ``scored`` steps; symbols are drawn as :mod:`rnnbench_tasks.synthetic.formal_language.languages`
    says.

    Where the answer is one symbol, a sequence is the word, and its target ``(B,)`` the answer.
    Where it is a string of m symbols, a word of n symbols is followed by n's end and m blanks:

        step    0 … n-1   n      n+1 … n+m
        input   word      end    blanks
        target  blanks           answer

    Inputs are tokens ``(T, B)``, with the length of each sequence. The loss is the cross-entropy
    over all steps; the score is the accuracy at the answers, as a mean over words, so that each
    length counts alike, and it is recorded for each length (``rnnbench plot --kind over-length``).
    The naive predictor always gives the most frequent symbol of the training's answers.

    The paper trains on up to 40 symbols and scores up to 500; held-out batches here have another
    shape than those of the training.

    Attributes:
        language: which rule.
        length: T of a training batch, in steps.
        scored: T of a held-out batch.
    """

    name: ClassVar[str] = "formal-language"
    defaults: ClassVar[Defaults] = Defaults(hidden=32, lr=1e-2, steps=500)
    higher_is_better: ClassVar[bool] = True
    grouped_by: ClassVar[str] = "length"

    language: LanguageName = "even-pairs"
    length: Annotated[int, msgspec.Meta(ge=1)] = 20
    scored: Annotated[int, msgspec.Meta(ge=2)] = 60

    @property
    def score_name(self) -> str:
        """The share of right symbols in the answers to words longer than those trained on."""
        return "accuracy"

    @property
    def sizes(self) -> str:
        """The language and the lengths."""
        return f"{self.language}, T {self.length}, scored at T {self.scored}"

    @property
    def rule(self) -> Language:
        """The language."""
        return LANGUAGES[self.language]

    @property
    def time_steps(self) -> int:
        """Those of held-out batches, which are longer."""
        return max(self.length, self.scored)

    @property
    def problem(self) -> Problem:
        """Tokens in; a class at the end, or one at every step."""
        rule = self.rule
        one = rule.answer_length is None
        return Problem(
            inputs=rule.symbols if one else rule.symbols + 2,
            outputs=rule.answers if one else rule.answers + 1,
            tokens=True,
            loss="cross-entropy",
            targets="one" if one else "every",
            lengths=True,
        )

    def check(self, batch: int) -> None:
        """Raise UsageError if no word finds room in training, or no longer one in the rest."""
        if self.longest(self.length) < self.rule.shortest:
            raise UsageError(
                f"formal-language.length = {self.length} leaves no room for a word of "
                f"{self.language}: give a larger one"
            )
        if self.longest(self.scored) <= self.longest(self.length):
            raise UsageError(
                f"formal-language.scored = {self.scored} leaves no room for words longer than "
                f"those trained on, of up to {self.longest(self.length)} symbols: give a larger one"
            )

    def steps(self, length: int) -> int:
        """Return the steps that a word of a length takes with its answer."""
        answer = self.rule.answer_length
        return length if answer is None else length + 1 + answer(length)

    def longest(self, steps: int) -> int:
        """Return the length of the longest word that finds room in so many steps."""
        return bisect_right(range(1, steps + 1), steps, key=self.steps)

    def training(self, batch: int, seed: int) -> Iterator[Batch]:
        """Yield fresh short words without end."""
        rng = training_rng(seed)
        while True:
            yield self._draw(rng, batch, self.rule.shortest, self.length)

    def testing(self, batch: int) -> Iterator[Batch]:
        """Yield longer words."""
        rng = testing_rng()
        for _ in range(-(-TEST_EXAMPLES // batch)):
            yield self._draw(rng, batch, self.longest(self.length) + 1, self.scored)

    def validation(self, batch: int) -> Iterator[Batch]:
        """Yield words as long as those trained on: a stop must know nothing of longer ones."""
        rng = validation_rng()
        for _ in range(-(-VALIDATION_EXAMPLES // batch)):
            yield self._draw(rng, batch, self.rule.shortest, self.length)

    def measure(self, outputs: np.ndarray, batch: Batch) -> tuple[float, float]:
        """Sum the share of right symbols in each answer, and count the words."""
        if self.problem.targets == "one":
            right = outputs.argmax(axis=-1) == batch.targets
            return float(right.sum()), float(right.size)
        asked = within(batch.lengths, len(batch.inputs)) & (batch.targets != BLANK)
        right = (outputs[..., 1:].argmax(axis=-1) + 1 == batch.targets) & asked
        return float((right.sum(axis=0) / asked.sum(axis=0)).sum()), float(asked.shape[1])

    def groups(self, batch: Batch) -> np.ndarray:
        """Return the length ``(B,)`` of each word."""
        taken = np.array([self.steps(size) for size in range(1, self.scored + 1)])
        return np.asarray(np.searchsorted(taken, np.asarray(batch.lengths)) + 1)

    @property
    def target(self) -> float:
        """Nine of ten symbols, of words longer than those trained on."""
        return 0.9

    @property
    def naive_score(self) -> float:
        """The score of the most frequent symbol, in batches of the default size."""
        return self.naive_score_for(self.defaults.batch)

    def naive_score_for(self, batch: int) -> float:
        """Return the score of the most frequent symbol on exactly what is scored."""
        return score_of(self, np.log(self.frequencies), batch)

    @property
    def naive_loss(self) -> float:
        """The entropy of the targets of a training, in nats, as counted."""
        shares = self.frequencies
        return float(-(shares @ np.log(shares)))

    @cached_property
    def frequencies(self) -> np.ndarray:
        """The share ``(O,)`` of each class in the targets of a training, counted in many words."""
        batch = next(self.training(COUNTED, 0))
        one, classes = self.problem.targets == "one", self.problem.outputs
        targets = batch.targets if one else batch.targets[within(batch.lengths, len(batch.inputs))]
        counts: np.ndarray = np.bincount(targets, minlength=classes) + 0.5
        shares: np.ndarray = counts / counts.sum()
        return shares

    def _draw(self, rng: np.random.Generator, batch: int, shortest: int, steps: int) -> Batch:
        """Draw words from a shortest length to the longest that finds room."""
        rule, one = self.rule, self.problem.targets == "one"
        sizes = rng.integers(shortest, self.longest(steps) + 1, batch)
        inputs = np.full((steps, batch), 0 if one else rule.symbols + 1)  # (T, B)
        targets = np.zeros((steps, batch), np.int64)
        for k, size in enumerate(sizes.tolist()):
            word, answer = rule.draw(rng, size)
            inputs[:size, k] = word
            if one:
                targets[0, k] = answer[0]
            else:
                inputs[size, k] = rule.symbols
                targets[size + 1 : size + 1 + len(answer), k] = [1 + symbol for symbol in answer]
        lengths = np.array([self.steps(size) for size in sizes.tolist()])
        return Batch(inputs, targets[0] if one else targets, lengths)
