from __future__ import annotations

import gc
import hashlib
import math
import os
import weakref
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnbench import UsageError
from rnnbench_tasks.text import corpus
from rnnbench_tasks.text.corpus import Corpus, Unit, load, split


def folder(path: Path, train: str, valid: str) -> str:
    path.mkdir(exist_ok=True)
    (path / "train.txt").write_bytes(train.encode())
    (path / "valid.txt").write_bytes(valid.encode())
    return str(path)


def spelled(found: Corpus, tokens: np.ndarray) -> list[str]:
    return [found.symbols[token] for token in tokens]


def words(path: str, vocabulary: int = 10_000) -> Corpus:
    return load("python-reference", path, "words", vocabulary).corpus


def characters(path: str | None) -> Corpus:
    return load("python-reference", path, "characters", 10_000).corpus


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
    counts = np.bincount(train, minlength=len(index))
    symbols, table = corpus.kept(index, counts, 10_000)
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
    found = characters(folder(tmp_path, "aab", "bz"))
    assert found.symbols == ("a", "b", "<unk>")
    assert spelled(found, found.valid) == ["b", "<unk>"]


def test_tokens_take_little_memory() -> None:
    assert characters(None).train.dtype == np.uint8
    assert load("python-reference", None, "words", 10_000).corpus.train.dtype == np.uint16


PLAIN = "één\nlange\n\ntekst\n"
WRITTEN = {
    "plain": PLAIN.encode(),
    "mark": b"\xef\xbb\xbf" + PLAIN.encode(),
    "CRLF": PLAIN.replace("\n", "\r\n").encode(),
    "CR": PLAIN.replace("\n", "\r").encode(),
    "all": "\ufefféén\r\nlange\r\rtekst\n".encode(),
}


@pytest.mark.parametrize("way", WRITTEN)
@pytest.mark.parametrize("unit", ["characters", "words"])
def test_a_text_is_the_same_however_it_is_written(tmp_path: Path, way: str, unit: Unit) -> None:
    for name, data in (("plain", WRITTEN["plain"]), (way, WRITTEN[way])):
        (tmp_path / name).write_bytes(data)
    plain, other = (
        load("python-reference", str(tmp_path / name), unit, 100) for name in ("plain", way)
    )
    assert plain.corpus.sha256 == hashlib.sha256(PLAIN.encode()).hexdigest()
    assert other.corpus is plain.corpus
    assert plain.remarks == ()
    assert all(remark.startswith(f"{tmp_path / way}: its ") for remark in other.remarks)
    assert len(other.remarks) == {"plain": 0, "all": 3}.get(way, 1)


def test_a_mark_in_each_part_goes(tmp_path: Path) -> None:
    found = load("python-reference", folder(tmp_path, "\ufeffaab", "\ufeffba"), "characters", 9)
    assert found.corpus.symbols == ("a", "b")
    assert [remark.partition(": ")[0] for remark in found.remarks] == [
        str(tmp_path / "train.txt"),
        str(tmp_path / "valid.txt"),
    ]


def test_tasks_of_one_text_share_it(tmp_path: Path) -> None:
    path = folder(tmp_path, "a b", "b")
    found = words(path)
    assert words(path) is found
    assert words(path, vocabulary=2) is not found


def test_what_nobody_has_any_more_is_not_kept(tmp_path: Path) -> None:
    found = weakref.ref(words(folder(tmp_path, "a b", "b")))
    gc.collect()
    assert found() is None


def test_a_changed_file_is_another_text_even_with_its_size_and_its_time(tmp_path: Path) -> None:
    path = folder(tmp_path, "a b", "b")
    before, status = words(path), (tmp_path / "train.txt").stat()
    folder(tmp_path, "c d", "d")
    os.utime(tmp_path / "train.txt", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert words(path).symbols == ("c", "d")
    assert before.symbols == ("a", "b")


def test_one_text_cut_elsewhere_is_another(tmp_path: Path) -> None:
    first, second = (
        words(folder(tmp_path / cut, cut, "a b c"[len(cut) :])) for cut in ("a", "a b")
    )
    assert first.sha256 == second.sha256
    assert (len(first.train), len(second.train)) == (1, 2)


def test_unigram(tmp_path: Path) -> None:
    found = words(folder(tmp_path, "a a b", "a c"))
    assert found.unigram() == pytest.approx([3 / 6, 2 / 6, 1 / 6])


def test_no_words(tmp_path: Path) -> None:
    file = tmp_path / "blank.txt"
    file.write_text("   ", encoding="utf-8")
    with pytest.raises(UsageError, match="too few words"):
        words(str(file))


def test_a_text_of_one_symbol_costs_nothing(tmp_path: Path) -> None:
    found = characters(folder(tmp_path, "aaaa", "aa"))
    cost = corpus.cross_entropy(found.valid, found.unigram())
    assert (cost, math.copysign(1, cost)) == (0, 1)
