"""Labelled texts as numbers: vocabulary, tokens, classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rnnbench_tasks.files.parts import Parts
from rnnbench_tasks.text import corpus
from rnnbench_tasks.text.corpus import Unit
from rnnbench_tasks.text.sentiment.labelled import Example


@dataclass(frozen=True, eq=False)
class Texts:
    """N texts of at most T symbols.

    Attributes:
        tokens: ``(T, N)``, 0 behind the end of a text.
        lengths: of each ``(N,)``.
        classes: of each ``(N,)``.
        cut: how many were longer.
    """

    tokens: np.ndarray
    lengths: np.ndarray
    classes: np.ndarray
    cut: int


@dataclass(frozen=True, eq=False)
class Dataset:
    """Texts to train on, texts to score, and what their numbers stand for.

    Attributes:
        symbols: what each token stands for, from the most frequent in the training texts down.
        labels: what each class stands for, in alphabetical order.
        train: what is trained on.
        valid: what is scored.
    """

    symbols: tuple[str, ...]
    labels: tuple[str, ...]
    train: Texts
    valid: Texts


def dataset(read: Parts[Example], unit: Unit, length: int, vocabulary: int) -> Dataset:
    """Return what was read as numbers.

    Args:
        read: the texts and their labels.
        unit: what a symbol is.
        length: T, to which longer texts are cut.
        vocabulary: how many symbols are kept at most; see :func:`rnnbench_tasks.text.corpus.kept`.
    """
    train, valid = (symbols_of(part, unit) for part in (read.train, read.valid))
    counts = Counter(symbol for text in train for symbol in text[:length])
    names = [*counts, *dict.fromkeys(s for text in valid for s in text if s not in counts)]
    found = np.array([counts[name] for name in names])
    symbols, table = corpus.kept(names, found, vocabulary)
    index = dict(zip(names, table.tolist(), strict=True))
    labels = sorted({one.label for one in read.train})
    return Dataset(
        symbols,
        tuple(labels),
        numbered(train, [labels.index(one.label) for one in read.train], index, length),
        numbered(valid, [labels.index(one.label) for one in read.valid], index, length),
    )


def symbols_of(part: Sequence[Example], unit: Unit) -> list[Sequence[str]]:
    """Return each text as characters, or as words: what white space separates."""
    return [one.text if unit == "characters" else one.text.split() for one in part]


def numbered(
    texts: Sequence[Sequence[str]], classes: list[int], index: dict[str, int], length: int
) -> Texts:
    """Return texts as arrays."""
    tokens = np.zeros((length, len(texts)), np.int64)
    lengths = np.array([min(len(text), length) for text in texts])
    for k, (text, end) in enumerate(zip(texts, lengths, strict=True)):
        tokens[:end, k] = [index[symbol] for symbol in text[:end]]
    cut = sum(len(text) > length for text in texts)
    return Texts(tokens, lengths, np.array(classes), cut)
