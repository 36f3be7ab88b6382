"""Pairs of texts as numbers: two vocabularies, tokens, lengths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple, TypeAlias

import numpy as np

from rnnbench import UsageError
from rnnbench_tasks.files.parts import Parts
from rnnbench_tasks.text import corpus
from rnnbench_tasks.text.corpus import Unit
from rnnbench_tasks.text.translation.pairs import Pair
from rnnbench_tasks.wording import many

#: A text as symbols.
Symbols: TypeAlias = Sequence[str]


class Side(NamedTuple):
    """One side of N pairs.

    Attributes:
        tokens: ``(T, N)``, 0 behind the end of a text.
        lengths: of each ``(N,)``.
    """

    tokens: np.ndarray
    lengths: np.ndarray


class Texts(NamedTuple):
    """N pairs; each target closes with a token that says so."""

    sources: Side
    targets: Side


@dataclass(frozen=True, eq=False)
class Dataset:
    """Pairs to train on, pairs to score, and what their numbers stand for.

    Attributes:
        sources: what each token of a source stands for.
        targets: what each token of a target stands for; behind these come its end and its begin.
        train: what is trained on.
        valid: what is scored.
        left_out: how many pairs were too long.
    """

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    train: Texts
    valid: Texts
    left_out: int

    @property
    def end(self) -> int:
        """The token that closes a target."""
        return len(self.targets)

    @property
    def begin(self) -> int:
        """The token before the first of a target."""
        return len(self.targets) + 1

    def frequencies(self) -> np.ndarray:
        """Return the share of each token at each step ``(T, V)``, of training targets that long."""
        tokens, lengths = self.train.targets
        found = np.zeros((len(tokens), self.begin + 1))
        for step, row in enumerate(tokens):
            counts = np.bincount(row[lengths > step], minlength=self.begin + 1)
            found[step] = counts / max(1, counts.sum())
        return found

    def usual(self) -> np.ndarray:
        """Return the most frequent target in training ``(T,)``; of several, the first."""
        rows, first, counts = np.unique(
            self.train.targets.tokens.T, axis=0, return_index=True, return_counts=True
        )
        return np.asarray(rows[np.lexsort((first, -counts))[0]])


def dataset(read: Parts[Pair], unit: Unit, length: int, vocabulary: int, source: str) -> Dataset:
    """Return what was read as numbers.

    Args:
        read: the pairs.
        unit: what a symbol is.
        length: the steps of a source; pairs of which a side is longer are left out.
        vocabulary: how many symbols are kept of each side; see
            :func:`rnnbench_tasks.text.corpus.kept`.
        source: where they come from, for errors.

    Raises:
        UsageError: if no pair is short enough.
    """
    train, valid = (fitting(part, unit, length) for part in (read.train, read.valid))
    if not (train and valid):
        count = len(read.train) + len(read.valid)
        raise UsageError(
            f"translation: of {many(count, 'pairs')} of {source}, {len(train)} to train on and "
            f"{len(valid)} to score have at most {length} {unit} on each side: give more pairs, or "
            "a larger length"
        )
    sources, targets = (
        known((one[side] for one in train), (one[side] for one in valid), vocabulary)
        for side in (0, 1)
    )
    steps = 1 + max(len(target) for _, target in (*train, *valid))

    def numbers(part: list[tuple[Symbols, Symbols]]) -> Texts:
        end = len(targets.symbols)
        return Texts(
            side_of([[sources.tokens[s] for s in source] for source, _ in part], length),
            side_of([[*(targets.tokens[s] for s in target), end] for _, target in part], steps),
        )

    left_out = len(read.train) + len(read.valid) - len(train) - len(valid)
    return Dataset(sources.symbols, targets.symbols, numbers(train), numbers(valid), left_out)


def fitting(part: Sequence[Pair], unit: Unit, length: int) -> list[tuple[Symbols, Symbols]]:
    """Return pairs as characters or as words, those of which no side is too long."""
    split = [(symbols_of(one.source, unit), symbols_of(one.target, unit)) for one in part]
    return [pair for pair in split if max(map(len, pair)) <= length]


def symbols_of(text: str, unit: Unit) -> Symbols:
    """Return a text as characters, or as words: what white space separates."""
    return text if unit == "characters" else text.split()


class Known(NamedTuple):
    """A vocabulary: what each token stands for, and the token of each symbol."""

    symbols: tuple[str, ...]
    tokens: dict[str, int]


def known(train: Iterable[Symbols], valid: Iterable[Symbols], vocabulary: int) -> Known:
    """Return the vocabulary of one side."""
    counts = Counter(chain.from_iterable(train))
    names = [*counts, *dict.fromkeys(s for text in valid for s in text if s not in counts)]
    found = np.array([counts[name] for name in names])
    symbols, table = corpus.kept(names, found, vocabulary)
    return Known(symbols, dict(zip(names, table.tolist(), strict=True)))


def side_of(texts: Sequence[Sequence[int]], steps: int) -> Side:
    """Return texts as an array."""
    tokens = np.zeros((steps, len(texts)), np.int64)
    for k, text in enumerate(texts):
        tokens[: len(text), k] = text
    return Side(tokens, np.array([len(text) for text in texts]))
