from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnbench import UsageError
from rnnbench_tasks import corpus
from rnnbench_tasks.corpus import Corpus, load, split


def folder(path: Path, train: str, valid: str) -> str:
    path.mkdir(exist_ok=True)
    (path / "train.txt").write_bytes(train.encode())
    (path / "valid.txt").write_bytes(valid.encode())
    return str(path)


def spelled(found: Corpus, tokens: np.ndarray) -> list[str]:
    return [found.symbols[token] for token in tokens]


def words(path: str, vocabulary: int = 10_000) -> Corpus:
    return load("python-reference", path, "words", vocabulary)


def test_words_and_newlines() -> None:
    assert list(split("a  b\n\n c\tb", "words")) == ["a", "b", "<eos>", "<eos>", "c", "b"]
    assert list(split("a\r\nb\n", "words")) == ["a", "<eos>", "b", "<eos>"]
    assert list(split("a\nb", "characters")) == ["a", "\n", "b"]


@given(st.text(st.characters(codec="utf-8"), min_size=20))
def test_characters_come_back(text: str) -> None:
    parts = corpus._cut(np.arange(len(text)))
    index = sorted(set(text))
    numbers = np.array([index.index(c) for c in text])
    train, valid = (numbers[part] for part in parts)
    symbols, table = corpus._vocabulary(index, train, 10_000)
    seen = set(text[: len(train)])
    for token, character in zip(table[np.concatenate([train, valid])], text, strict=True):
        assert symbols[token] == (character if character in seen else "<unk>")


def test_most_frequent_words_are_kept(tmp_path: Path) -> None:
    found = words(folder(tmp_path, "c c c b b a a d", "a e c"), vocabulary=3)
    assert found.symbols == ("c", "a", "<unk>")
    assert spelled(found, found.train) == ["c", "c", "c", "<unk>", "<unk>", "a", "a", "<unk>"]
    assert spelled(found, found.valid) == ["a", "<unk>", "c"]


def test_vocabulary_that_fits_has_no_unknown(tmp_path: Path) -> None:
    found = words(folder(tmp_path, "a b b", "b a"), vocabulary=2)
    assert found.symbols == ("b", "a")


def test_unknown_of_the_text_itself_is_used(tmp_path: Path) -> None:
    found = words(folder(tmp_path, "a a <unk> <unk> <unk> b", "c"), vocabulary=2)
    assert found.symbols == ("<unk>", "a")
    assert spelled(found, found.valid) == ["<unk>"]


def test_character_of_the_validation_text_alone_is_unknown(tmp_path: Path) -> None:
    found = load("python-reference", folder(tmp_path, "aab", "bz"), "characters", 10_000)
    assert found.symbols == ("a", "b", "<unk>")
    assert spelled(found, found.valid) == ["b", "<unk>"]


def test_tokens_take_little_memory() -> None:
    assert load("python-reference", None, "characters", 10_000).train.dtype == np.uint8
    assert load("python-reference", None, "words", 10_000).train.dtype == np.uint16


def test_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_bytes("één\r\nlange\ntekst".encode())
    found = load("python-reference", str(file), "characters", 100)
    assert found.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert "\r" in found.symbols


def test_read_once(tmp_path: Path) -> None:
    path = folder(tmp_path, "a b", "b")
    assert words(path) is words(path)


def test_changed_file_is_read_again(tmp_path: Path) -> None:
    path = folder(tmp_path, "a b", "b")
    before = words(path)
    folder(tmp_path, "c d", "d")
    os.utime(tmp_path / "train.txt", ns=(1, 1))
    assert words(path) is not before
    assert words(path).symbols == ("c", "d")


def test_unigram(tmp_path: Path) -> None:
    found = words(folder(tmp_path, "a a b", "a c"))
    assert found.unigram() == pytest.approx([3 / 6, 2 / 6, 1 / 6])


def test_no_words(tmp_path: Path) -> None:
    file = tmp_path / "blank.txt"
    file.write_text("   ", encoding="utf-8")
    with pytest.raises(UsageError, match="too few words"):
        words(str(file))
