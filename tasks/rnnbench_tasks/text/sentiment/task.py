"""Sentiment: say whether a text praises or blames.

Pang, Lee & Vaithyanathan, "Thumbs up? Sentiment classification using machine learning techniques",
EMNLP 2002; with a recurrent network, over the sentences of the Stanford Sentiment Treebank, Socher
et al., "Recursive deep models for semantic compositionality over a sentiment treebank", EMNLP 2013.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, ClassVar

import msgspec
import numpy as np

from rnnbench import Batch, Defaults, Problem, Task, UsageError
from rnnbench_tasks.files.parts import Parts
from rnnbench_tasks.randomness import training_rng
from rnnbench_tasks.text.corpus import Unit
from rnnbench_tasks.text.sentiment import labelled
from rnnbench_tasks.text.sentiment.dataset import Dataset, Texts, dataset
from rnnbench_tasks.text.sentiment.labelled import Example, TextName


@dataclass(frozen=True)
class Sentiment(Task):
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
    higher_is_better: ClassVar[bool] = True

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
    def score_name(self) -> str:
        """The share of right answers."""
        return "accuracy"

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

    def check(self, batch: int) -> None:
        """Raise UsageError if there are fewer texts than a batch needs."""
        parts = {"train on": self.dataset.train, "score": self.dataset.valid}
        for what, part in parts.items():
            if (count := len(part.classes)) < batch:
                raise UsageError(
                    f"{self.path or self.text} holds {count} texts to {what}, but a batch takes "
                    f"{batch}: give more texts, or a smaller batch"
                )

    def training(self, batch: int, seed: int) -> Iterator[Batch]:
        """Yield batches of the training texts, shuffled anew each time they are through."""
        texts, rng = self.dataset.train, training_rng(seed)
        order = np.array([], np.int64)
        while True:
            if len(order) < batch:
                order = np.append(order, rng.permutation(len(texts.classes)))
            yield batch_of(texts, order[:batch])
            order = order[batch:]

    def testing(self, batch: int) -> Iterator[Batch]:
        """Yield the validation texts once."""
        texts = self.dataset.valid
        for first in range(0, len(texts.classes) - batch + 1, batch):
            yield batch_of(texts, np.arange(first, first + batch))

    def measure(self, outputs: np.ndarray, batch: Batch) -> tuple[float, float]:
        """Count the right answers, and all of them."""
        right = outputs.argmax(axis=-1) == batch.targets
        return float(right.sum()), float(right.size)

    @property
    def naive_score(self) -> float:
        """The share of the most frequent label, in batches of the default size."""
        return self.naive_score_for(self.defaults.batch)

    def naive_score_for(self, batch: int) -> float:
        """Return the share of the training texts' most frequent label in what is scored."""
        scored = np.concatenate([held_out.targets for held_out in self.testing(batch)])
        return float(np.mean(scored == self.dataset.frequencies().argmax()))

    @property
    def naive_loss(self) -> float:
        """The entropy of the labels of the training texts, in nats."""
        shares = self.dataset.frequencies()
        return float(-(shares @ np.log(shares)))

    @property
    def data_hash(self) -> str:
        """The SHA-256 of the texts as they were read: without marks, lines ended by LF."""
        return self._read.sha256

    @property
    def split(self) -> str:
        """How many texts are trained on, and how many are scored."""
        return f"trained on {len(self._read.train)} texts, scored on {len(self._read.valid)} others"


def batch_of(texts: Texts, which: np.ndarray) -> Batch:
    """Return some texts as a batch."""
    return Batch(texts.tokens[:, which], texts.classes[which], texts.lengths[which])
