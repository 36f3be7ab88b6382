from __future__ import annotations

from itertools import pairwise
from typing import get_args

import numpy as np
import pytest

from rnnbench import UsageError
from rnnbench_tasks.synthetic.formal_language import languages
from rnnbench_tasks.synthetic.formal_language.languages import LANGUAGES, LanguageName
from rnnbench_tasks.synthetic.formal_language.task import FormalLanguage

SIGNS = dict(enumerate("01234+-*()"))
#: An expression that earlier results were taken with.
BRACKETS = "(2-(((-0)-1)*-3))"


def drawn(name: str, length: int, seed: int = 0) -> tuple[list[int], list[int]]:
    """Return a word of a language and its answer."""
    return LANGUAGES[name].draw(np.random.default_rng([seed, length]), length)


def value(digits: list[int]) -> int:
    """Return a binary number, the lowest digit first."""
    return int("".join(map(str, digits[::-1])), 2)


def test_all_languages_have_a_rule() -> None:
    assert list(LANGUAGES) == list(get_args(LanguageName))


@pytest.mark.parametrize("name", LANGUAGES)
def test_words_and_answers_are_as_long_as_told(name: str) -> None:
    rule = LANGUAGES[name]
    for length in range(rule.shortest, 25):
        word, answer = drawn(name, length)
        assert len(word) == length
        assert len(answer) == (rule.answer_length(length) if rule.answer_length else 1)
        assert set(word) <= set(range(rule.symbols))
        assert set(answer) <= set(range(rule.answers))


@pytest.mark.parametrize("name", ["modular-arithmetic", "modular-arithmetic-brackets"])
def test_arithmetic_is_that_of_python(name: str) -> None:
    for seed in range(200):
        word, (answer,) = drawn(name, 1 + seed % 17, seed)
        assert eval("".join(SIGNS[symbol] for symbol in word)) % 5 == answer


def test_an_equation_has_one_solution() -> None:
    for seed in range(100):
        word, (answer,) = drawn("solve-equation", 3 + seed % 17, seed)
        assert word[-2] == languages.EQUALS
        right = []
        for digit in range(5):
            tried = [digit if symbol == languages.UNKNOWN else symbol for symbol in word[:-2]]
            if eval("".join(SIGNS[symbol] for symbol in tried)) % 5 == word[-1]:
                right.append(digit)
        assert right == [answer]


def test_what_was_drawn_of_brackets_before_is_drawn_today() -> None:
    word, answer = drawn("modular-arithmetic-brackets", 17)
    assert "".join(SIGNS[symbol] for symbol in word) == BRACKETS
    assert answer == [eval(BRACKETS) % 5]


def test_binary_numbers() -> None:
    for seed in range(100):
        for name in ("binary-addition", "binary-multiplication"):
            word, answer = drawn(name, 3 + seed % 20, seed)
            cut = word.index(languages.BETWEEN)
            one, other = value(word[:cut]), value(word[cut + 1 :])
            wanted = one + other if name == "binary-addition" else one * other
            assert value(answer) == wanted
        word, answer = drawn("square-root", 1 + seed % 20, seed)
        assert value(answer) ** 2 <= value(word) < (value(answer) + 1) ** 2


def test_strings() -> None:
    word, answer = drawn("reverse-string", 9)
    assert answer == word[::-1]
    word, answer = drawn("duplicate-string", 9)
    assert answer == word + word
    word, answer = drawn("odds-first", 9)
    assert answer == [word[k] for k in (0, 2, 4, 6, 8, 1, 3, 5, 7)]
    word, answer = drawn("bucket-sort", 9)
    assert answer == sorted(word)
    for seed in range(20):
        word, (answer_,) = drawn("missing-duplicate", 8, seed)
        gap = word.index(languages.GAP)
        assert word[(gap + 4) % 8] == answer_


def test_words_of_two_letters() -> None:
    for seed in range(20):
        word, (even,) = drawn("even-pairs", 9, seed)
        assert even == (sum(a != b for a, b in pairwise(word)) % 2 == 0)
        word, (even,) = drawn("parity", 9, seed)
        assert even == (sum(word) % 2 == 0)
        word, (place,) = drawn("cycle-navigation", 9, seed)
        assert place == sum({0: 0, 1: 1, 2: -1}[move] for move in word) % 5


def test_a_stack_that_is_empty_stays_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Fixed:
        def __init__(self) -> None:
            self.answers = [np.int64(2), np.array([0, 1]), np.array([2, 2, 2, 4, 3])]

        def integers(self, *_: object) -> object:
            return self.answers.pop(0)

    word, answer = languages.stack_manipulation(Fixed(), 7)  # type: ignore[arg-type]
    assert word == [0, 1, 2, 2, 2, 4, 3]
    assert answer == [0, 1, 2, 2, 2, 2, 2]


def test_words_scored_are_longer_than_those_trained_on() -> None:
    for name in ("parity", "duplicate-string"):
        task = FormalLanguage(name, length=13, scored=40)  # type: ignore[arg-type]
        training = np.concatenate([next(task.training(99, seed)).lengths for seed in range(5)])
        scored = np.concatenate([batch.lengths for batch in task.testing(64)])
        assert training.max() <= 13 < scored.min() + (3 if name == "duplicate-string" else 0)
        assert scored.min() > training.max()
        assert scored.max() <= 40


def test_a_word_and_its_answer_in_a_batch() -> None:
    task = FormalLanguage("reverse-string", length=11, scored=30)
    batch = next(task.training(6, 0))
    assert batch.lengths is not None
    for k, steps in enumerate(batch.lengths.tolist()):
        size = (steps - 1) // 2
        word = batch.inputs[:size, k]
        assert batch.inputs[size, k] == 2
        assert (batch.inputs[size + 1 :, k] == 3).all()
        assert (batch.targets[: size + 1, k] == 0).all()
        assert batch.targets[size + 1 : steps, k].tolist() == (1 + word[::-1]).tolist()


@pytest.mark.parametrize("name", ["parity", "square-root", "duplicate-string"])
def test_words_are_told_apart_by_their_length(name: LanguageName) -> None:
    task = FormalLanguage(name, length=13, scored=40)
    batch = next(iter(task.testing(64)))
    assert batch.lengths is not None
    told = task.groups(batch)
    assert [task.steps(size) for size in told.tolist()] == batch.lengths.tolist()
    assert told.min() > task.longest(13)


def test_each_word_counts_alike() -> None:
    task = FormalLanguage("reverse-string", length=5, scored=11)
    batch = next(iter(task.testing(2)))._replace(lengths=np.array([7, 11]))
    targets = np.zeros((11, 2), np.int64)
    targets[4:7, 0], targets[6:, 1] = 1, 2
    outputs = np.zeros((11, 2, 3))
    outputs[..., 1] = 1  # right throughout the first word, wrong in the second
    assert task.measure(outputs, batch._replace(targets=targets)) == (1, 2)


@pytest.mark.parametrize(
    ("task", "said"),
    [
        (FormalLanguage("binary-addition", length=3), "leaves no room for a word"),
        (FormalLanguage(length=20, scored=20), "no room for words longer than those trained on"),
    ],
)
def test_lengths_without_words(task: FormalLanguage, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        task.check(1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_word_is_the_last_that_finds_room(language: LanguageName) -> None:
    task = FormalLanguage(language=language)
    for steps in range(1, 80):
        room = [n for n in range(1, steps + 1) if task.steps(n) <= steps]
        assert task.longest(steps) == max(room, default=0)
