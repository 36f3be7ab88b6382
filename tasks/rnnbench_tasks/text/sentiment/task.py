"""Sentiment: say whether a text praises or blames.

Pang, Lee & Vaithyanathan, "Thumbs up? Sentiment classification using machine learning techniques",
EMNLP 2002; with a recurrent network, over the sentences of the Stanford Sentiment Treebank, Socher
et al., "Recursive deep models for semantic compositionality over a sentiment treebank", EMNLP 2013.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, ClassVar

import msgspec

from rnnbench import Defaults, Problem
from rnnbench_tasks.files.examples import Classified, Examples
from rnnbench_tasks.files.parts import Parts
from rnnbench_tasks.text.corpus import Unit
from rnnbench_tasks.text.sentiment import labelled
from rnnbench_tasks.text.sentiment.dataset import Dataset, Texts, dataset
from rnnbench_tasks.text.sentiment.labelled import Example, TextName


@dataclass(frozen=True)
class Sentiment(Classified):
    """Read a text and say which label it bears: one answer for a sequence of any length.

    Batches are tokens ``(T, B)``, the length ``(B,)`` of each text, behind which token 0 stands,
    and its class ``(B,)``. All have T steps, so that nothing is compiled twice; longer texts are
    cut.

    Training goes through the training texts in an order drawn from the seed, in another one each
    time. Held out are the validation texts in their order, as far as whole batches reach.

    The loss is the cross-entropy in nats, the score the share of right answers. The naive predictor
    gives each label its frequency in the training texts: its answer is always the most frequent
    one, and its score is taken on the same texts as a model's.

    Attributes:
        text: ``generated``, 10,000 short reviews made by the grammar of
            :mod:`rnnbench_tasks.text.sentiment.reviews`, with negation, contrast and verdicts that
            come late; or ``stanford-treebank``, its 6,920 positive or negative sentences for
            training and 872 for validation, fetched once (with ``length`` 52 none is cut).
        path: a file instead, of a label and a text on each line with a tab between them, or as CSV
            if its name ends so; a first line ``text`` and ``label`` turns the columns round. Every
            fifth line is scored. Or a folder that holds ``train.tsv`` and ``valid.tsv``, or these
            as CSV.
        unit: ``words``: what white space separates; or ``characters``.
        length: T, the steps of a batch; of longer texts the end is left out.
        vocabulary: how many symbols are kept at most, by frequency in the training texts; the rest
            are ``<unk>``, as are symbols that only validation texts have.
    """

    name: ClassVar[str] = "sentiment"
    defaults: ClassVar[Defaults] = Defaults(embedding=16, hidden=32, lr=1e-2, steps=400)

    text: TextName = "generated"
    path: str | None = None
    unit: Unit = "words"
    length: Annotated[int, msgspec.Meta(ge=1)] = 40
    vocabulary: Annotated[int, msgspec.Meta(ge=2)] = 10_000

    @cached_property
    def _read(self) -> Parts[Example]:
        """The texts and their labels, which are read once, when they are first needed."""
        return labelled.load(self.text, self.path)

    @cached_property
    def dataset(self) -> Dataset:
        """The texts as numbers; UsageError if they can't be read."""
        return dataset(self._read, self.unit, self.length, self.vocabulary)

    @property
    def remarks(self) -> tuple[str, ...]:
        """How many texts were cut, and what was done to the files."""
        cut = self.dataset.train.cut + self.dataset.valid.cut
        count = len(self._read.train) + len(self._read.valid)
        longer = f"{cut} of {count} texts are longer than {self.length} {self.unit}"
        told = (f"{longer}: their ends are left out",) if cut else ()
        return (*self._read.remarks, *told)

    @property
    def sizes(self) -> str:
        """The steps of a batch and the texts."""
        name = Path(self.path).name if self.path else self.text
        return f"T {self.length}, {self.unit} of {name}"

    @property
    def problem(self) -> Problem:
        """Tokens in, one class out."""
        return Problem(
            inputs=len(self.dataset.symbols),
            outputs=len(self.dataset.labels),
            tokens=True,
            loss="cross-entropy",
            targets="one",
            lengths=True,
        )

    @property
    def train(self) -> Examples:
        """The texts that are trained on."""
        return examples_of(self.dataset.train)

    @property
    def valid(self) -> Examples:
        """Those that are scored."""
        return examples_of(self.dataset.valid)

    @property
    def source(self) -> str:
        """Where the texts come from."""
        return self.path or self.text

    @property
    def noun(self) -> str:
        """Texts."""
        return "texts"

    @property
    def target(self) -> float | None:
        """Nineteen of twenty of the generated reviews."""
        return 0.95 if self.path is None and self.text == "generated" else None

    @property
    def data_hash(self) -> str:
        """The SHA-256 of the texts as they were read: without marks, lines ended by LF."""
        return self._read.sha256


def examples_of(texts: Texts) -> Examples:
    """Return texts as examples."""
    return Examples(texts.tokens, texts.classes, texts.lengths, one=True)
