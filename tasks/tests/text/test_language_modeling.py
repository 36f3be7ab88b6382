from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnbench import Batch, UsageError
from rnnbench_tasks.text.language_modeling import LanguageModeling


@pytest.fixture
def task(tmp_path: Path) -> LanguageModeling:
    """A text of 1000 different characters in order, so that a character tells its place."""
    file = tmp_path / "text.txt"
    file.write_text("".join(chr(0x4E00 + k) for k in range(1000)), encoding="utf-8")
    (tmp_path / "folder").mkdir()
    for part in ("train", "valid"):
        (tmp_path / "folder" / f"{part}.txt").write_bytes(file.read_bytes())
    return LanguageModeling(path=str(tmp_path / "folder"), length=7)


def places(task: LanguageModeling, tokens: np.ndarray) -> np.ndarray:
    """Return where in the text each token stands."""
    table = np.array([ord(symbol) - 0x4E00 for symbol in task.corpus.symbols])
    return np.asarray(table[tokens])


def test_targets_are_inputs_one_step_later(task: LanguageModeling) -> None:
    for inputs, targets, *_ in (next(task.training(4, 0)), next(task.testing(4))):
        assert inputs.shape == targets.shape == (7, 4)
        assert np.array_equal(inputs[1:], targets[:-1])


def test_training_goes_round_the_text_without_end(task: LanguageModeling) -> None:
    batches = list(islice(task.training(4, 0), 300))  # 2100 of 1000 characters
    read = places(task, np.concatenate([b.inputs for b in batches]))  # (2100, 4)
    wanted = places(task, np.concatenate([b.targets for b in batches]))
    assert np.array_equal(wanted, (read + 1) % 1000)
    assert np.array_equal(read[1:], (read[:-1] + 1) % 1000)
    assert (np.diff(read[0]) % 1000 == 250).all()


def test_training_starts_by_seed(task: LanguageModeling) -> None:
    starts = {int(next(task.training(4, seed)).inputs[0, 0]) for seed in range(20)}
    assert len(starts) > 10


@pytest.mark.parametrize("batch", [1, 3, 4, 142])
def test_testing_reads_the_validation_text_once(task: LanguageModeling, batch: int) -> None:
    read = places(task, np.concatenate([b.inputs for b in task.testing(batch)]))
    each = 999 // batch
    assert read.shape == (each // 7 * 7, batch)
    assert np.array_equal(read[0], np.arange(batch) * each)
    assert (np.diff(read, axis=0) == 1).all()
    assert len(np.unique(read)) == read.size


def test_file_is_cut_in_training_and_validation(tmp_path: Path) -> None:
    file = tmp_path / "digits.txt"
    file.write_text("0123456789" * 10, encoding="utf-8")
    corpus = LanguageModeling(path=str(file)).corpus
    assert (len(corpus.train), len(corpus.valid)) == (90, 10)


@given(st.integers(0, 2**31), st.floats(0.1, 1e4))
def test_measure_is_the_cross_entropy(seed: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    outputs, targets = scale * rng.standard_normal((3, 2, 5)), rng.integers(0, 5, (3, 2))
    total, count = LanguageModeling().measure(outputs, Batch(None, targets))
    direct = np.logaddexp.reduce(outputs, axis=-1) - np.take_along_axis(
        outputs, targets[..., None], -1
    ).squeeze(-1)
    assert count == 6
    assert total == pytest.approx(direct.sum(), rel=1e-9, abs=1e-9)


def test_measure_takes_single_precision() -> None:
    outputs = np.full((10, 10, 4), 80, np.float32)
    total, count = LanguageModeling().measure(outputs, Batch(None, np.zeros((10, 10), np.int64)))
    assert total / count == pytest.approx(math.log(4), rel=1e-6)


def test_score_by_unit() -> None:
    characters, words = LanguageModeling(), LanguageModeling(unit="words")
    assert characters.score(math.log(2)) == pytest.approx(1)
    assert words.score(math.log(50)) == pytest.approx(50)
    assert (characters.score_name, words.score_name) == ("bits per character", "perplexity")


def test_two_splits_of_one_text_are_told_apart(tmp_path: Path) -> None:
    found = []
    for train, valid in (("abcdef", "gh"), ("abcd", "efgh")):
        folder = tmp_path / train
        folder.mkdir()
        (folder / "train.txt").write_text(train, encoding="utf-8")
        (folder / "valid.txt").write_text(valid, encoding="utf-8")
        found.append(LanguageModeling(path=str(folder)))
    assert len({task.data_hash for task in found}) == 1
    assert [task.split for task in found] == [
        "trained on 6 characters, scored on the 2 after them",
        "trained on 4 characters, scored on the 4 after them",
    ]


def test_naive_by_hand(tmp_path: Path) -> None:
    for part, text in (("train", "aab"), ("valid", "abb")):
        (tmp_path / f"{part}.txt").write_text(text, encoding="utf-8")
    characters = LanguageModeling(path=str(tmp_path), length=1)
    nats = -2 * math.log(2 / 5) / 2  # the first character is nobody's target
    assert characters.naive_score_for(1) == pytest.approx(nats / math.log(2))
    assert characters.naive_loss == pytest.approx(-(2 * math.log(3 / 5) + math.log(2 / 5)) / 3)


def test_naive_perplexity_by_hand(tmp_path: Path) -> None:
    for part, text in (("train", "to be or to\n"), ("valid", "to do\n")):
        (tmp_path / f"{part}.txt").write_text(text, encoding="utf-8")
    words = LanguageModeling(path=str(tmp_path), unit="words", length=2)
    # to 2, be 1, or 1, <eos> 1, <unk> 0, each and one, of 10
    nats = -(math.log(1 / 10) + math.log(2 / 10)) / 2
    assert words.naive_score_for(1) == pytest.approx(math.exp(nats))


def test_naive_is_over_what_is_scored_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "train.txt").write_text("aaab" * 20, encoding="utf-8")
    (tmp_path / "valid.txt").write_text("ab" * 8 + "a" + "zzz", encoding="utf-8")
    task = LanguageModeling(path=str(tmp_path), length=16)
    # Of 83, a has 61, b 21 and <unk> 1; scored are eight of a and eight of b, and no z.
    bits = -(math.log2(61 / 83) + math.log2(21 / 83)) / 2
    assert task.naive_score_for(1) == pytest.approx(bits)
    short = LanguageModeling(path=str(tmp_path), length=19)
    with_rest = -(8 * math.log2(61 / 83) + 8 * math.log2(21 / 83) + 3 * math.log2(1 / 83)) / 19
    assert short.naive_score_for(1) == pytest.approx(with_rest)


def test_python_reference_needs_no_file() -> None:
    task = LanguageModeling()
    task.check(task.defaults.batch)
    assert len(task.corpus.train) > 300_000
    assert 2 < task.naive_score < 6


def test_heading_names_the_text() -> None:
    assert LanguageModeling(length=9).sizes == "T 9, characters of python-reference"
    assert LanguageModeling(path="/a/long/way/book.txt").sizes == "T 32, characters of book.txt"


def test_too_short_says_which_batch_fits(tmp_path: Path) -> None:
    file = tmp_path / "short.txt"
    file.write_text("abcdefghij" * 100, encoding="utf-8")  # 100 for validation
    task = LanguageModeling(path=str(file), length=10)
    task.check(9)
    with pytest.raises(UsageError, match=r"validation.* has 100 .* needs 101.*at most 9,"):
        task.check(10)


def test_too_short_for_any_batch(tmp_path: Path) -> None:
    file = tmp_path / "short.txt"
    file.write_text("abcdefghij" * 10, encoding="utf-8")
    with pytest.raises(
        UsageError, match=r"10 characters.*needs 321: give a longer text, or a smaller length"
    ):
        LanguageModeling(path=str(file)).check(10)


@given(batch=st.integers(1, 30), length=st.integers(1, 30))
def test_check_means_that_there_is_a_batch(batch: int, length: int) -> None:
    task = LanguageModeling(unit="words", length=length * 20)
    try:
        task.check(batch)
    except UsageError:
        assert len(task.corpus.valid) <= batch * task.length
    else:
        assert next(task.testing(batch)).inputs.shape == (task.length, batch)


@pytest.mark.parametrize(
    "options",
    [{"length": 0}, {"vocabulary": 1}, {"unit": "syllables"}, {"text": "the-bible"}, {"path": 3}],
)
def test_bad_options(options: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(options, LanguageModeling)


def test_two_texts_are_refused(task: LanguageModeling) -> None:
    both = replace(task, text="tiny-shakespeare")
    with pytest.raises(UsageError, match=r"text = 'tiny-shakespeare' does nothing beside path = "):
        both.check(1)


def mikolov(folder: Path) -> Path:
    """Write the files of Mikolov's layout."""
    words = {"train": "the cat sat\nthe dog ran\n" * 40, "valid": "a cat ran\n" * 9}
    words["test"] = "the dog sat\n" * 7
    for part, text in words.items():
        (folder / f"ptb.{part}.txt").write_text(text)
        apart = " ".join(text.replace(" ", "_")).replace(" \n ", "\n").replace(" \n", "\n")
        (folder / f"ptb.char.{part}.txt").write_text(apart)
    return folder


@pytest.mark.parametrize(("part", "lines"), [("valid", 9), ("test", 7)])
def test_words_of_mikolovs_layout(tmp_path: Path, part: Any, lines: int) -> None:
    task = LanguageModeling(unit="words", path=str(mikolov(tmp_path)), part=part, length=3)
    assert len(task.corpus.train) == 40 * 8
    assert len(task.corpus.valid) == 4 * lines
    assert "<eos>" in task.corpus.symbols
    assert f"scored on the {4 * lines}" in str(task.split)


@pytest.mark.parametrize(("part", "line"), [("valid", "a_cat_ran"), ("test", "the_dog_sat")])
def test_characters_of_mikolovs_layout(tmp_path: Path, part: Any, line: str) -> None:
    task = LanguageModeling(path=str(mikolov(tmp_path)), part=part, length=3)
    found = [task.corpus.symbols[token] for token in task.corpus.valid[: len(line) + 1]]
    assert found == [*line, "<eos>"]
    assert task.score_name == "bits per character"


def test_a_part_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "book.txt").write_text("abc" * 99)
    for task, said in [
        (LanguageModeling(part="test"), "part = 'test' needs a folder of texts"),
        (LanguageModeling(path=str(tmp_path / "book.txt"), part="test"), "has no test part"),
    ]:
        with pytest.raises(UsageError, match=said):
            task.check(1)
    (mikolov(tmp_path) / "ptb.test.txt").unlink()
    with pytest.raises(
        UsageError, match=r"has no ptb\.test\.txt, which belongs beside ptb\.train\.txt"
    ):
        LanguageModeling(path=str(tmp_path), unit="words", part="test").check(1)


def read(task: LanguageModeling, batches: Iterable[Batch] | None) -> str:
    """The text of a stream of batches of one example."""
    inputs = np.concatenate([batch.inputs[:, 0] for batch in batches or ()])
    return "".join(task.corpus.symbols[token] for token in inputs)


def test_the_end_of_the_training_text_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "book.txt").write_text("a" * 80 + "b" * 10 + "c" * 10)
    task = LanguageModeling(path=str(tmp_path / "book.txt"), length=3, validation_split=0.1)
    assert read(task, task.validation(1)) == "b" * 6  # 9 symbols, of which 7 fill batches
    assert read(task, task.testing(1)) == "<unk>" * 9
    assert set(read(task, islice(task.training(1, 0), 40))) == {"a", "b"}
    assert read(task, islice(task.training(1, 0), 27)).count("b") == 1
    assert task.split == (
        "trained on 81 characters, validated on the 9 after them, scored on the 10 after them"
    )
    with pytest.raises(UsageError, match=r"the set-aside text of .* has 9 characters"):
        task.check(3)


def test_the_valid_part_stops_a_training_where_the_test_part_is_scored(tmp_path: Path) -> None:
    valid, test = (
        LanguageModeling("words", path=str(mikolov(tmp_path)), part=part, length=3, **split)
        for part, split in (("valid", {}), ("test", {"validation_split": 0.1}))
    )
    assert read(test, test.validation(1)) == read(valid, valid.testing(1))
    plain = LanguageModeling("words", path=str(tmp_path), part="test", length=3)
    assert plain.validation(1) is None
    assert read(plain, plain.testing(1)) == read(test, test.testing(1))
    assert "trained on 320 words, validated on the 36 of the valid part, scored" in test.split


def test_lines_are_set_aside(tmp_path: Path) -> None:
    (tmp_path / "book.txt").write_text("".join(f"{k:02}\n" for k in range(100)))
    book = str(tmp_path / "book.txt")
    task = LanguageModeling(path=book, sequences="lines", length=3, validation_split=0.1)
    assert read(task, task.validation(1)) == "".join(f"\n{k}" for k in range(81, 90))
    assert "85" not in read(task, islice(task.training(1, 0), 200))
