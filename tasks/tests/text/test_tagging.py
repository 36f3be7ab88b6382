from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from rnnbench import UsageError
from rnnbench_tasks.text.tagging.conll import parse
from rnnbench_tasks.text.tagging.sentences import sentences
from rnnbench_tasks.text.tagging.task import Tagging, spans

SENTENCE = ["Anna B-PER", "Lee I-PER", "sees O", "Bonn B-LOC", ". O", ""]


def written(folder: Path, lines: list[str], **options: object) -> Tagging:
    """Return the task of a file that holds these lines."""
    (folder / "tags.conll").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Tagging(path=str(folder / "tags.conll"), length=6, **options)  # type: ignore[arg-type]


def test_made_sentences_need_their_context() -> None:
    made = sentences(3000)
    assert made == sentences(3000)
    tags = defaultdict(set)
    for sentence in made:
        for word, tag in sentence:
            tags[word].add(tag)
    assert {"NOUN", "VERB"} <= tags["fish"]
    assert {"ADJ", "NOUN"} <= tags["cold"]
    assert {"AUX", "NOUN", "VERB"} <= tags["can"]
    words = [word for sentence in made for word, _ in sentence]
    assert np.mean([len(tags[word]) > 1 for word in words]) > 0.35


def test_a_file(tmp_path: Path) -> None:
    task = written(tmp_path, ["-DOCSTART- -X- O", "", "# note", *SENTENCE * 10])
    task.check(2)
    assert task.tags == ("B-LOC", "B-PER", "I-PER", "O")
    assert (task.train.count, task.valid.count) == (8, 2)
    batch = next(iter(task.testing(2)))
    assert batch.targets[:5, 0].tolist() == [1, 2, 3, 0, 3]
    assert batch.lengths is not None
    assert batch.lengths.tolist() == [5, 5]


def test_between_tabs_a_token_may_have_spaces() -> None:
    lines = "New York\tNNP\tLOC\nis\tVBZ\tO\n"
    assert parse(Path("a.conll"), lines) == [[("New York", "LOC"), ("is", "O")]]


@pytest.mark.parametrize("token", ["#\tSYM", "# SYM"])
def test_a_comment_stands_before_a_sentence(token: str) -> None:
    """The pound sign of the Penn Treebank is a token."""
    lines = f"# a note\nat IN\n{token}\n5 CD\n\n"
    assert parse(Path("a.conll"), lines) == [[("at", "IN"), ("#", "SYM"), ("5", "CD")]]


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ("B-A I-A O B-B", [("A", 0, 1), ("B", 3, 3)]),
        ("I-A I-A I-B B-B", [("A", 0, 1), ("B", 2, 2), ("B", 3, 3)]),
        ("O O", []),
        ("B-A B-A", [("A", 0, 0), ("A", 1, 1)]),
        ("B-A I-B I-B O I-A", [("A", 0, 0), ("B", 1, 2), ("A", 4, 4)]),
    ],
)
def test_spans(tags: str, found: list[tuple[str, int, int]]) -> None:
    assert list(spans(iter(tags.split()))) == found


def test_f1(tmp_path: Path) -> None:
    task = written(tmp_path, SENTENCE * 10, metric="f1")
    task.check(1)
    batch = next(iter(task.testing(1)))
    said = np.array([1, 3, 3, 0, 3, 0])  # the person is cut short: one span of two is right
    outputs = np.eye(4)[said][:, None]
    assert task.measure(outputs, batch) == (2, 4)


def test_the_made_sentences_are_those_of_runs_that_were_published() -> None:
    assert Tagging().data_hash.startswith("194a0dae320ae9fd")


@pytest.mark.parametrize(
    ("lines", "options", "said"),
    [
        (["Anna", *SENTENCE * 9], {}, "line 1: 'Anna' has no token or no tag"),
        (["a O", ""] * 9, {}, "all tokens of .* bear the tag 'O': give sentences with"),
        ([*SENTENCE * 4, "x B-NEW", ""], {}, "has the tag 'B-NEW' in what is scored alone"),
        (["a N", "b V", ""] * 9, {"metric": "f1"}, "needs tags of spans such as B-PER"),
        (SENTENCE, {}, "holds 1 sentence to train on and 0 to score"),
        ([""], {}, "holds 0 sentences"),
        (["EU NNP B-ORG", "rejects VBZ", ""] * 9, {}, "line 2: 2 columns where line 1 has 3"),
    ],
)
def test_bad_files(tmp_path: Path, lines: list[str], options: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        written(tmp_path, lines, **options).check(1)
