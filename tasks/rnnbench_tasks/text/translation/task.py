"""Translation: write a text in another form or language.

Sutskever, Vinyals & Le, "Sequence to sequence learning with neural networks", NeurIPS 2014; with
attention, Bahdanau, Cho & Bengio, "Neural machine translation by jointly learning to align and
translate", ICLR 2015.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, ClassVar

import msgspec
import numpy as np

from rnnbench import Defaults, Problem, Vocabulary
from rnnbench_tasks.files.examples import Examples, FromExamples
from rnnbench_tasks.files.parts import Parts
from rnnbench_tasks.text.corpus import Unit
from rnnbench_tasks.text.translation import pairs
from rnnbench_tasks.text.translation.dataset import Dataset, Texts, dataset
from rnnbench_tasks.text.translation.pairs import Pair
from rnnbench_tasks.text.translation.written import Written


@dataclass(frozen=True)
class Translation(Written, FromExamples):
    """Read a text of any length, then write its translation symbol by symbol.

    Batches are source tokens ``(S, B)``, target tokens ``(T, B)``, each target closed by a token
    for its end, and the lengths ``(B,)`` of both; behind a text stands token 0. S is ``length``,
    and T as long as the longest target with its end, so that nothing is compiled twice.

    Training goes through the training pairs in an order drawn from the seed, in another one each
    time; a model is told the target before each step. Held out are the validation pairs in their
    order, as far as whole batches reach: of these a model writes the whole target by itself, taking
    the likeliest symbol at each step.

    The loss is the cross-entropy in nats per symbol, ends included. The score is the *exact match*:
    the share of targets that were written right from the first symbol to the end. The naive
    predictor has seen no source. Its loss is that of the frequencies of symbols at each step in the
    training targets; its answer is always the most frequent training target, and its score is taken
    on the same pairs as a model's.

    Attributes:
        path: None for 10,000 generated dates, see :mod:`rnnbench_tasks.text.translation.dates`; or
            a file with a text, a tab and its translation on each line, of which every fifth line is
            scored; or a folder that holds ``train.tsv`` and ``valid.tsv``.
        target_path: a file whose lines are the translations of those of the file ``path``.
        unit: ``characters``, or ``words``: what white space separates.
        length: S, the steps of a source; pairs of which a side is longer are left out.
        vocabulary: how many symbols are kept at most of each side, by frequency in the training
            pairs; the rest are ``<unk>``, as are symbols that only validation pairs have.
        beam: how many beginnings of a target are kept while a model writes, see
            :func:`rnnbench.contracts.inference.generation.search`; 1 says the likeliest symbol.
        metric: ``exact`` for the exact match; or ``bleu``, that of all targets together, see
            :class:`rnnbench_tasks.text.translation.bleu.CorpusBleu`.
    """

    name: ClassVar[str] = "translation"
    defaults: ClassVar[Defaults] = Defaults(embedding=32, hidden=64, lr=1e-2, steps=300)

    path: str | None = None
    target_path: str | None = None
    unit: Unit = "characters"
    length: Annotated[int, msgspec.Meta(ge=1)] = 30
    vocabulary: Annotated[int, msgspec.Meta(ge=2)] = 10_000

    @cached_property
    def _read(self) -> Parts[Pair]:
        """The pairs, which are read once, when they are first needed."""
        return pairs.load(self.path, self.target_path)

    @cached_property
    def dataset(self) -> Dataset:
        """The pairs as numbers; UsageError if they can't be read."""
        return dataset(self._read, self.unit, self.length, self.vocabulary, self.source)

    @property
    def remarks(self) -> tuple[str, ...]:
        """How many pairs were left out, and what was done to the files."""
        left, count = self.dataset.left_out, len(self._read.train) + len(self._read.valid)
        longer = f"{left} of {count} pairs have more than {self.length} {self.unit} on a side"
        return (*self._read.remarks, *((f"{longer}: they are left out",) if left else ()))

    @property
    def symbols(self) -> tuple[str, ...]:
        """The characters or the words of targets."""
        return self.dataset.targets

    @property
    def symbol(self) -> Unit:
        """Characters, or words."""
        return self.unit

    @property
    def sizes(self) -> str:
        """The steps of both sides and the pairs."""
        name = Path(self.path).name if self.path else "dates"
        steps = len(self.dataset.train.targets.tokens)
        return f"{self.length} to {steps} steps, {self.unit} of {name}"

    @property
    def problem(self) -> Problem:
        """Tokens in, a sequence of others out."""
        return Problem(
            inputs=len(self.dataset.sources),
            outputs=self.dataset.begin + 1,
            tokens=True,
            loss="cross-entropy",
            targets="sequence",
            lengths=True,
            begin=self.dataset.begin,
            end=self.dataset.end,
        )

    @property
    def train(self) -> Examples:
        """The pairs that are trained on."""
        return examples_of(self.dataset.train)

    @property
    def valid(self) -> Examples:
        """Those that are scored."""
        return examples_of(self.dataset.valid)

    @property
    def source(self) -> str:
        """Where the pairs come from."""
        return self.path or "dates"

    @property
    def noun(self) -> str:
        """Pairs."""
        return "pairs"

    @property
    def naive_score(self) -> float:
        """The share of the most frequent target, in batches of the default size."""
        return self.naive_score_for(self.defaults.batch)

    def naive_score_for(self, batch: int) -> float:
        """Return what always saying the training pairs' most frequent target would score."""
        return self.score_of_always(self.dataset.usual(), batch)

    @property
    def target(self) -> float | None:
        """Nine of ten dates."""
        is_usual = self.path is None and self.unit == "characters" and self.metric == "exact"
        return 0.9 if is_usual else None

    @property
    def naive_loss(self) -> float:
        """The entropy of the training targets' symbols, given their step, in nats."""
        shares, lengths = self.dataset.frequencies(), self.dataset.train.targets.lengths
        entropies = -np.sum(shares * np.log(np.where(shares > 0, shares, 1)), axis=1)
        counts = np.array([(lengths > step).sum() for step in range(len(shares))])
        return float(counts @ entropies / counts.sum())

    @property
    def reads(self) -> Vocabulary:
        """The characters or the words of sources."""
        return Vocabulary(self.dataset.sources, self.unit == "words")

    @property
    def writes(self) -> Vocabulary:
        """The characters or the words of targets; their end and their begin have no symbol."""
        return Vocabulary(self.symbols, self.unit == "words")

    @property
    def data_hash(self) -> str:
        """The SHA-256 of the pairs as they were read: without marks, lines ended by LF."""
        return self._read.sha256


def examples_of(texts: Texts) -> Examples:
    """Return pairs as examples."""
    sources, targets = texts
    return Examples(sources.tokens, targets.tokens, sources.lengths, targets.lengths)
