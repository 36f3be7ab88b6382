"""Tagging: read a sentence and give the tag of each of its tokens.

Parts of speech with a recurrent network, Wang et al., arXiv 1510.06168; named entities and their
F1, Tjong Kim Sang & De Meulder, "Introduction to the CoNLL-2003 shared task", CoNLL 2003; with
bidirectional LSTMs, Huang, Xu & Yu, arXiv 1508.01991.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import msgspec
import numpy as np

from rnnbench import Batch, Defaults, Problem, UsageError
from rnnbench_tasks.files.examples import Examples, FromExamples
from rnnbench_tasks.files.parts import Parts
from rnnbench_tasks.naive import score_of
from rnnbench_tasks.padding import within
from rnnbench_tasks.text import corpus
from rnnbench_tasks.text.tagging import conll
from rnnbench_tasks.text.tagging.sentences import Sentence


@dataclass(frozen=True)
class Tagging(FromExamples):
    """Read the tokens of a sentence and give a tag for each.

    Batches are tokens ``(T, B)`` with the length ``(B,)`` of each sentence, and a tag ``(T, B)``
    for each token; what stands behind a sentence counts for nothing. Longer sentences are cut.

    The loss is the cross-entropy. The score is the share of right tags; or with ``metric`` ``f1``,
    for tags of spans (``B-PER``, ``I-PER``, ``O``), 2 × right spans / (spans said + spans there),
    where a span is right if kind, first and last token are. The naive predictor always gives the
    tag that is most frequent in training, and of spans there are none.

    Attributes:
        path: None for 5,000 sentences that a small grammar makes
            (:mod:`rnnbench_tasks.text.tagging.sentences`), in which many words are a noun here and
            a verb there; or a file in CoNLL's form, of whose sentences every fifth is scored, or a
            folder that holds ``train.conll`` and ``valid.conll``.
        metric: ``accuracy`` of tags, or ``f1`` of spans.
        length: T; of longer sentences the end is left out.
        vocabulary: how many words are kept at most, by frequency in training; the rest are
            ``<unk>``.
    """

    name: ClassVar[str] = "tagging"
    defaults: ClassVar[Defaults] = Defaults(embedding=16, hidden=32, lr=1e-2, steps=400)
    higher_is_better: ClassVar[bool] = True

    path: str | None = None
    metric: Literal["accuracy", "f1"] = "accuracy"
    length: Annotated[int, msgspec.Meta(ge=1)] = 30
    vocabulary: Annotated[int, msgspec.Meta(ge=2)] = 10_000

    @cached_property
    def _read(self) -> Parts[Sentence]:
        """The sentences, read once."""
        return conll.load(self.path)

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """What each class stands for, in alphabetical order."""
        return tuple(sorted({tag for sentence in self._read.train for _, tag in sentence}))

    @cached_property
    def _words(self) -> tuple[tuple[str, ...], dict[str, int]]:
        """What each token stands for, and the token of each word."""
        counts = Counter(word for one in self._read.train for word, _ in one[: self.length])
        others = (word for one in self._read.valid for word, _ in one if word not in counts)
        names = [*counts, *dict.fromkeys(others)]
        symbols, table = corpus.kept(names, np.array([counts[n] for n in names]), self.vocabulary)
        return symbols, dict(zip(names, table.tolist(), strict=True))

    @cached_property
    def train(self) -> Examples:
        """The sentences that are trained on."""
        return self._numbered(self._read.train)

    @cached_property
    def valid(self) -> Examples:
        """Those that are scored."""
        return self._numbered(self._read.valid)

    @property
    def source(self) -> str:
        """Where the sentences come from."""
        return self.path or "made sentences"

    @property
    def noun(self) -> str:
        """Sentences."""
        return "sentences"

    @property
    def remarks(self) -> tuple[str, ...]:
        """How many sentences were cut, and what was done to the files."""
        both = [*self._read.train, *self._read.valid]
        cut = sum(len(sentence) > self.length for sentence in both)
        longer = f"{cut} of {len(both)} sentences are longer than {self.length} tokens"
        return (*self._read.remarks, *((f"{longer}: their ends are left out",) if cut else ()))

    @property
    def score_name(self) -> str:
        """What is scored."""
        return "accuracy" if self.metric == "accuracy" else "F1 of spans"

    @property
    def sizes(self) -> str:
        """The steps and the sentences."""
        return f"T {self.length}, {Path(self.path).name if self.path else 'made sentences'}"

    @property
    def problem(self) -> Problem:
        """Tokens in, a class at every step."""
        return Problem(
            inputs=len(self._words[0]),
            outputs=len(self.tags),
            tokens=True,
            loss="cross-entropy",
            lengths=True,
        )

    def check(self, batch: int) -> None:
        """Raise UsageError if there are too few sentences, or tags that can't be learnt."""
        if len(self.tags) == 1:
            raise UsageError(
                f"tagging: all tokens of {self.source} bear the tag {self.tags[0]!r}: give "
                "sentences with another one, too"
            )
        unknown = {tag for one in self._read.valid for _, tag in one} - set(self.tags)
        if unknown:
            raise UsageError(
                f"tagging: {self.source} has the tag {min(unknown)[:40]!r} in what is scored "
                "alone: nothing can learn it"
            )
        spans = all(tag == "O" or tag[:2] in ("B-", "I-") for tag in self.tags)
        if self.metric == "f1" and not spans:
            raise UsageError(
                f"tagging.metric = 'f1' needs tags of spans such as B-PER, I-PER and O; "
                f"{self.source} has {', '.join(tag[:20] for tag in self.tags[:5])}"
            )
        super().check(batch)

    def measure(self, outputs: np.ndarray, batch: Batch) -> tuple[float, float]:
        """Count right tags and all tags; or twice the right spans, and those said and there."""
        assert batch.lengths is not None
        said = outputs.argmax(axis=-1)
        if self.metric == "accuracy":
            there = within(batch.lengths, len(said))
            return float((said == batch.targets)[there].sum()), float(there.sum())
        right = counted = 0
        for k, end in enumerate(np.asarray(batch.lengths).tolist()):
            ours, theirs = (
                set(spans(self.tags[tag] for tag in tags[:end, k]))
                for tags in (said, batch.targets)
            )
            right, counted = right + 2 * len(ours & theirs), counted + len(ours) + len(theirs)
        return float(right), float(counted)

    @cached_property
    def frequencies(self) -> np.ndarray:
        """The share ``(O,)`` of each tag in what is trained on."""
        there = within(self.train.lengths, self.length)
        counts = np.bincount(self.train.targets[there], minlength=len(self.tags))
        return counts / counts.sum()  # type: ignore[no-any-return]

    @property
    def naive_score(self) -> float:
        """The score of the most frequent tag, in batches of the default size."""
        return self.naive_score_for(self.defaults.batch)

    def naive_score_for(self, batch: int) -> float:
        """Return the score of the most frequent tag on exactly what is scored."""
        return score_of(self, np.eye(len(self.tags))[self.frequencies.argmax()], batch)

    @property
    def target(self) -> float | None:
        """Nineteen of twenty tags of the made sentences."""
        return 0.95 if self.path is None and self.metric == "accuracy" else None

    @property
    def naive_loss(self) -> float:
        """The entropy of the tags of what is trained on, in nats."""
        shares = self.frequencies[self.frequencies > 0]
        return float(-(shares @ np.log(shares)))

    @property
    def data_hash(self) -> str:
        """The SHA-256 of the sentences as they were read."""
        return self._read.sha256

    def _numbered(self, sentences: Sequence[Sentence]) -> Examples:
        words, tags = self._words[1], {tag: k for k, tag in enumerate(self.tags)}
        tokens = np.zeros((self.length, len(sentences)), np.int64)
        classes = np.zeros_like(tokens)
        lengths = np.array([min(len(sentence), self.length) for sentence in sentences])
        for k, (sentence, end) in enumerate(zip(sentences, lengths.tolist(), strict=True)):
            tokens[:end, k] = [words[word] for word, _ in sentence[:end]]
            classes[:end, k] = [tags.get(tag, 0) for _, tag in sentence[:end]]
        return Examples(tokens, classes, lengths)


def spans(tags: Iterator[str]) -> Iterator[tuple[str, int, int]]:
    """Yield kind, first and last place of each span.

    A span begins at ``B-``, or at an ``I-`` that no span of its kind stands before.
    """
    kind, first, k = "", 0, -1
    for k, tag in enumerate(tags):
        begins = tag[:2] == "B-" or (tag[:2] == "I-" and tag[2:] != kind)
        if kind and (begins or tag == "O"):
            yield kind, first, k - 1
            kind = ""
        if begins:
            kind, first = tag[2:], k
    if kind:
        yield kind, first, k
