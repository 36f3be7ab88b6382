"""A text as numbers: symbols, vocabulary, training and validation part."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from rnnbench import UsageError
from rnnbench_tasks import texts
from rnnbench_tasks.texts import Files, TextName

Unit = Literal["characters", "words"]

UNKNOWN, END_OF_LINE = "<unk>", "<eos>"
#: The share of a single text that is trained on; the rest, at its end, is for validation.
TRAINING_SHARE = 0.9


@dataclass(frozen=True, eq=False)
class Corpus:
    """A text as tokens.

    Attributes:
        symbols: what each token stands for, from the most frequent in the training text down.
        train: the training text, ``(N,)`` tokens in the smallest unsigned type.
        valid: the validation text, likewise.
        sha256: of the training text followed by the validation text, as UTF-8.
    """

    symbols: tuple[str, ...]
    train: np.ndarray
    valid: np.ndarray
    sha256: str

    def unigram(self) -> np.ndarray:
        """Return the probability ``(V,)`` of each token: its count in the training text plus one.

        The one added (Laplace's rule) leaves no token of the validation text without probability.
        """
        counts = np.bincount(self.train, minlength=len(self.symbols)) + 1.0
        return np.asarray(counts / counts.sum())


def cross_entropy(tokens: np.ndarray, probabilities: np.ndarray) -> float:
    """Return the mean -log p of ``tokens``, in nats."""
    counts = np.bincount(tokens, minlength=len(probabilities))
    return float(-(counts @ np.log(probabilities)) / len(tokens))


def load(text: TextName, path: str | None, unit: Unit, vocabulary: int) -> Corpus:
    """Return the corpus of the text at ``path``, or else of the one named ``text``.

    It is kept in memory and read again only when a file has changed.

    Raises:
        UsageError: if there is no such text or it is not one; the message says why.
    """
    files = _files(text, path)
    return _load(files, _stamps(files), unit, vocabulary)


def split(text: str, unit: Unit) -> Iterable[str]:
    """Return the symbols of ``text``: characters, or words with a symbol for each newline."""
    return text if unit == "characters" else _words(text)


def _words(text: str) -> Iterator[str]:
    *lines, last = text.split("\n")
    for line in lines:
        yield from line.split()
        yield END_OF_LINE
    yield from last.split()


def _files(text: TextName, path: str | None) -> Files | None:
    """Return where the text is, or None if it is inside CPython."""
    if path is not None:
        return texts.find(path)
    return Files(texts.tiny_shakespeare()) if text == "tiny-shakespeare" else None


def _stamps(files: Files | None) -> tuple[tuple[int, int], ...]:
    """Return the time of change and the size of each file: together they tell that it changed."""
    try:
        stats = [file.stat() for file in files or () if file is not None]
    except OSError as error:
        raise UsageError(f"can't read {error.filename}: {error.strerror}") from error
    return tuple((stat.st_mtime_ns, stat.st_size) for stat in stats)


@lru_cache(maxsize=2)  # a corpus may be large, and a process trains on one
def _load(
    files: Files | None, stamps: tuple[tuple[int, int], ...], unit: Unit, vocabulary: int
) -> Corpus:
    parts = _read(files)
    index: defaultdict[str, int] = defaultdict()
    index.default_factory = index.__len__  # a symbol seen for the first time gets the next number
    numbered = [
        np.fromiter(map(index.__getitem__, split(part.decode(), unit)), np.int32) for part in parts
    ]
    train, valid = numbered if len(numbered) == 2 else _cut(numbered[0])
    if not (len(train) and len(valid)):
        raise UsageError(f"the text of language-modeling holds too few {unit} to learn from")
    symbols, table = _vocabulary(list(index), train, vocabulary)
    sha256 = hashlib.sha256(b"".join(parts)).hexdigest()
    return Corpus(symbols, table[train], table[valid], sha256)


def _read(files: Files | None) -> list[bytes]:
    """Return the whole text, or the training and the validation text."""
    if files is None:
        return [texts.python_reference().encode()]
    return [texts.read(file) for file in files if file is not None]


def _cut(tokens: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    where = int(TRAINING_SHARE * len(tokens))
    return tokens[:where], tokens[where:]


def _vocabulary(
    names: list[str], train: np.ndarray, largest: int
) -> tuple[tuple[str, ...], np.ndarray]:
    """Choose the symbols to keep.

    These are the most frequent of the training text, in alphabetical order where they are equally
    frequent. If any symbol of the whole text is left out, ``<unk>`` is among them in its place.

    Args:
        names: all symbols by their number.
        train: the training text in these numbers.
        largest: how many symbols are kept at most.

    Returns:
        The symbols by token, and the token of each number ``(len(names),)``.
    """
    counts = np.bincount(train, minlength=len(names))
    seen = [number for number in range(len(names)) if counts[number]]
    kept = sorted(seen, key=lambda number: (-counts[number], names[number]))[:largest]
    symbols = [names[number] for number in kept]
    if len(kept) < len(names) and UNKNOWN not in symbols:
        kept = kept[: largest - 1]
        symbols = [*symbols[: largest - 1], UNKNOWN]
    rest = symbols.index(UNKNOWN) if UNKNOWN in symbols else 0
    table = np.full(len(names), rest, np.min_scalar_type(len(symbols)))
    table[kept] = np.arange(len(kept))
    return tuple(symbols), table
