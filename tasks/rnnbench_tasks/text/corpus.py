"""A text as numbers: symbols, vocabulary, training and validation part."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias
from weakref import WeakValueDictionary

import numpy as np

from rnnbench import UsageError
from rnnbench_tasks.files import texts
from rnnbench_tasks.files.texts import TextName

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
        valid: the text that is scored, likewise.
        sha256: of the texts one after the other, as they were read, in UTF-8.
        third: a text of its own for validation where another one is scored, likewise.
    """

    symbols: tuple[str, ...]
    train: np.ndarray
    valid: np.ndarray
    sha256: str
    third: np.ndarray | None = None

    def unigram(self) -> np.ndarray:
        """Return the probability ``(V,)`` of each token: its count in the training text plus one.

        The one added (Laplace's rule) leaves no token of the validation text without probability.
        """
        counts = np.bincount(self.train, minlength=len(self.symbols)) + 1.0
        return np.asarray(counts / counts.sum())


def cross_entropy(tokens: np.ndarray, probabilities: np.ndarray) -> float:
    """Return the mean -log p of ``tokens``, in nats."""
    counts = np.bincount(tokens, minlength=len(probabilities))
    return float(counts @ -np.log(probabilities)) / len(tokens) + 0.0  # of one symbol, not -0


class Loaded(NamedTuple):
    """What was read.

    Attributes:
        corpus: the text as tokens.
        remarks: what was done to the files' text, and to which.
    """

    corpus: Corpus
    remarks: tuple[str, ...]


#: The SHA-256 of a text, the lengths of its parts, the unit, and the size of the vocabulary.
Key: TypeAlias = tuple[str, tuple[int, ...], Unit, int]
#: Those that a task still has: tasks of the same text share its tokens.
_alive: WeakValueDictionary[Key, Corpus] = WeakValueDictionary()


def load(
    text: TextName,
    path: str | None,
    unit: Unit,
    vocabulary: int,
    scored: str = "valid",
    validated: bool = False,
) -> Loaded:
    """Read the text at ``path``, or else the one named ``text``.

    Args:
        text: the name of one.
        path: of a file or a folder instead.
        unit: what a symbol is.
        vocabulary: how many symbols are kept at most.
        scored: the part that is scored: ``valid``, or ``test`` of a folder.
        validated: whether the valid part is read beside the test part.

    Raises:
        UsageError: if there is no such text or it is not one; the message says why.
    """
    files = _files(text, path, unit, scored)
    if validated and scored == "test":
        files += _files(text, path, unit, "valid")[1:]
    read = [texts.read(file) for file in files] or [texts.Part(texts.python_reference())]
    if files and texts.CHARACTERS in files[0].name:
        unit = "words"  # each character stands apart, a space as a sign of its own
    parts = [part.content for part in read]
    sha256 = hashlib.sha256("".join(parts).encode()).hexdigest()
    key = (sha256, tuple(map(len, parts)), unit, vocabulary)
    corpus = _alive.get(key) or _corpus(parts, sha256, unit, vocabulary, path or text)
    _alive[key] = corpus
    return Loaded(corpus, tuple(remark for part in read for remark in part.remarks))


def split(text: str, unit: Unit) -> Iterable[str]:
    """Return the symbols of ``text``: characters, or words with a symbol for each newline."""
    return text if unit == "characters" else _words(text)


def _words(text: str) -> Iterator[str]:
    *lines, last = text.split("\n")
    for line in lines:
        yield from line.split()
        yield END_OF_LINE
    yield from last.split()


def _files(text: TextName, path: str | None, unit: Unit, scored: str) -> list[Path]:
    """Return the file of the text, or those of the training and the other part; none for Python's.

    Raises:
        UsageError: if there is none, or a text that is named has no such part.
    """
    if path is not None:
        patterns = texts.CHARACTER_PATTERNS if unit == "characters" else texts.PATTERNS
        found = texts.find(path, patterns=patterns, scored=scored)
        return [file for file in found if file is not None]
    if scored != "valid":
        raise UsageError(
            f"language-modeling.part = {scored!r} needs a folder of texts: {text} has no such part"
        )
    return [texts.tiny_shakespeare()] if text == "tiny-shakespeare" else []


def _corpus(parts: list[str], sha256: str, unit: Unit, vocabulary: int, source: str) -> Corpus:
    """Return texts as tokens: the first, or most of the only one, is trained on."""
    index: defaultdict[str, int] = defaultdict()
    index.default_factory = index.__len__  # a symbol seen for the first time gets the next number
    numbered = [np.fromiter(map(index.__getitem__, split(part, unit)), np.int32) for part in parts]
    train, valid, *third = numbered if len(numbered) > 1 else _cut(numbered[0])
    if not (len(train) and len(valid)):
        raise UsageError(f"language-modeling: {source} holds too few {unit} to learn from")
    counts = np.bincount(train, minlength=len(index))
    symbols, table = kept(list(index), counts, vocabulary)
    return Corpus(symbols, table[train], table[valid], sha256, *(table[one] for one in third))


def _cut(tokens: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    where = int(TRAINING_SHARE * len(tokens))
    return tokens[:where], tokens[where:]


def kept(
    names: Sequence[str], counts: np.ndarray, largest: int
) -> tuple[tuple[str, ...], np.ndarray]:
    """Choose the symbols to keep.

    These are the most frequent of the training text, in alphabetical order where they are equally
    frequent. If any symbol of the whole text is left out, ``<unk>`` is among them in its place.

    Args:
        names: all symbols by their number.
        counts: how often each stands in the training text ``(len(names),)``.
        largest: how many symbols are kept at most.

    Returns:
        The symbols by token, and the token of each number ``(len(names),)``.
    """
    seen = [number for number in range(len(names)) if counts[number]]
    chosen = sorted(seen, key=lambda number: (-counts[number], names[number]))[:largest]
    symbols = [names[number] for number in chosen]
    if len(chosen) < len(names) and UNKNOWN not in symbols:
        chosen = chosen[: largest - 1]
        symbols = [*symbols[: largest - 1], UNKNOWN]
    rest = symbols.index(UNKNOWN) if UNKNOWN in symbols else 0
    table = np.full(len(names), rest, np.min_scalar_type(len(symbols)))
    table[chosen] = np.arange(len(chosen))
    return tuple(symbols), table
