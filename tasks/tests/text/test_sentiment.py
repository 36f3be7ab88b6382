from __future__ import annotations

import hashlib
from collections import Counter
from itertools import islice
from pathlib import Path

import numpy as np
import pooch
import pytest

from rnnbench import UsageError
from rnnbench_tasks.text.sentiment import labelled
from rnnbench_tasks.text.sentiment.reviews import INTENSIFIERS, NEGATIVE, POSITIVE, reviews
from rnnbench_tasks.text.sentiment.task import Sentiment

LINES = ["good\ta fine film", "bad\tno fun at all , none", "good\tfine", "bad\tdull"] * 5


def written(folder: Path, lines: list[str], name: str = "texts.tsv") -> Sentiment:
    """Return the task of a file that holds these lines."""
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Sentiment(path=str(folder / name), length=5)


def refused(task: Sentiment, batch: int = 1) -> str:
    """Return the one line with which texts are refused."""
    with pytest.raises(UsageError) as caught:
        task.check(batch)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def words_of(task: Sentiment, tokens: np.ndarray) -> str:
    """Return what tokens stand for."""
    return " ".join(task.dataset.symbols[token] for token in tokens)


def sign(review: str) -> int:
    """Return the sign of a generated review, read as the grammar says."""
    signs = []
    for sentence in review.split(" ."):
        words = sentence.replace("far from", "not").replace("anything but", "not").split()
        claims = [k for k, word in enumerate(words) if word in (POSITIVE + " " + NEGATIVE).split()]
        for k in claims:
            before = words[:k]
            while before[-1] in INTENSIFIERS.split():
                before.pop()
            turned = before[-1] in ("not", "never", "hardly")
            signs.append((1 if words[k] in POSITIVE.split() else -1) * (-1 if turned else 1))
        if words[:2] == ["they", "are"]:
            signs.append(signs[-1] * (1 if words[2] == "right" else -1))
    return signs[-1]


def test_generated_reviews_mean_what_their_labels_say() -> None:
    for label, text in reviews(2000):
        assert label == ("positive" if sign(text) > 0 else "negative"), text


def test_generated_reviews_differ_and_are_the_same_every_time() -> None:
    made = reviews(2000)
    assert made == reviews(2000)
    assert len({text for _, text in made}) == 2000
    assert Counter(label for label, _ in made) == {"positive": 1000, "negative": 1000}
    assert max(len(text.split()) for _, text in made) <= Sentiment().length


def test_words_alone_tell_little() -> None:
    made = reviews(4000)
    counts: Counter[tuple[str, str]] = Counter()
    for label, text in made[:3000]:
        counts.update((label, word) for word in set(text.split()))
    right = 0
    for label, text in made[3000:]:
        ratio = sum(
            np.log((counts["positive", word] + 1) / (counts["negative", word] + 1))
            for word in set(text.split())
        )
        right += (ratio > 0) == (label == "positive")
    assert right / 1000 < 0.6


def test_batches_hold_the_texts(tmp_path: Path) -> None:
    task = written(tmp_path, LINES)
    (batch,) = task.testing(4)
    assert task.dataset.labels == ("bad", "good")
    assert batch.lengths is not None
    read = [words_of(task, batch.inputs[:n, k]) for k, n in enumerate(batch.lengths)]
    assert read == ["a fine film", "no fun at all ,", "fine", "dull"]
    assert batch.targets.tolist() == [1, 0, 1, 0]
    assert batch.inputs.shape == (5, 4)
    assert task.remarks == ("5 of 20 texts are longer than 5 words: their ends are left out",)


def test_training_reads_each_text_once_before_the_next_round(tmp_path: Path) -> None:
    lines = [f"{'ab'[k % 2]}\tw{k}" for k in range(15)]
    task = written(tmp_path, lines)
    read = [words_of(task, b.inputs[0]).split() for b in islice(task.training(4, 0), 6)]
    flat = [word for batch in read for word in batch]
    assert sorted(flat[:12]) == sorted(flat[12:]) == sorted(set(flat))
    assert flat[:12] != flat[12:]


def test_vocabulary_is_that_of_the_training_texts(tmp_path: Path) -> None:
    lines = [*LINES[:4], "good\tunheard fine", *LINES[:5]]
    task = written(tmp_path, lines)
    assert "unheard" not in task.dataset.symbols
    valid = task.dataset.valid
    assert words_of(task, valid.tokens[:2, 0]) == "<unk> fine"


@pytest.mark.parametrize("first", ["text\tlabel", "Text\tLABEL"])
def test_a_heading_turns_columns(tmp_path: Path, first: str) -> None:
    turned = ["\t".join(reversed(line.split("\t"))) for line in LINES]
    ours, theirs = written(tmp_path, [first, *turned]), written(tmp_path, LINES, "others.tsv")
    assert np.array_equal(ours.dataset.train.tokens, theirs.dataset.train.tokens)
    assert np.array_equal(ours.dataset.train.classes, theirs.dataset.train.classes)


def test_csv(tmp_path: Path) -> None:
    lines = [f'{label},"{text}"' for label, text in (line.split("\t") for line in LINES)]
    ours, theirs = written(tmp_path, lines, "texts.csv"), written(tmp_path, LINES)
    assert np.array_equal(ours.dataset.train.tokens, theirs.dataset.train.tokens)


def test_folder(tmp_path: Path) -> None:
    written(tmp_path, LINES, "train.tsv")
    written(tmp_path, LINES[:4], "valid.tsv")
    task = Sentiment(path=str(tmp_path))
    assert task.split == "trained on 20 texts, scored on 4 others"
    both = ("\n".join(LINES) + "\n" + "\n".join(LINES[:4]) + "\n").encode()
    assert task.data_hash == hashlib.sha256(both).hexdigest()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["good fine", *LINES], "line 1: 1 column where there must be a label and a text"),
        ([*LINES, "good\tfine\tagain"], "line 21: 3 columns"),
        ([*LINES, "good\t "], "line 21: there is no text"),
        ([*LINES, "\tfine"], "line 21: there is no label"),
        (["label\tsentence", *LINES], "line 1: the label 'label' stands nowhere else"),
        ([*LINES[:4], "neutral\tso so", *LINES], "line 5: the label 'neutral' is none of those"),
        (
            ["good\tfine"] * 10,
            "texts.tsv bear the label 'good': give texts of another label, too",
        ),
        (LINES[:3], "too few: 3 to train on, 0 to score: give more of them"),
        (["good\t"], "there is no text"),
    ],
)
def test_bad_lines(tmp_path: Path, lines: list[str], said: str) -> None:
    assert said in refused(written(tmp_path, lines))


def test_bad_csv(tmp_path: Path) -> None:
    lines = ["good,fine", 'bad,"dull" indeed']
    assert "texts.csv, line 2: it is no CSV" in refused(written(tmp_path, lines, "texts.csv"))


def test_bad_files(tmp_path: Path) -> None:
    assert "sentiment.path: there is no file" in refused(Sentiment(path=str(tmp_path / "none")))
    assert "a folder needs train.tsv and valid.tsv" in refused(Sentiment(path=str(tmp_path)))
    (tmp_path / "empty.tsv").touch()
    assert "is empty" in refused(Sentiment(path=str(tmp_path / "empty.tsv")))


def test_too_large_a_batch(tmp_path: Path) -> None:
    assert "4 texts to score, but a batch takes 5" in refused(written(tmp_path, LINES), 5)


def test_treebank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pooch, "os_cache", lambda name: tmp_path / name)
    content = "".join(f"{text}\t{label}\n" for label, text in (one.split("\t") for one in LINES))
    digest = hashlib.sha256(content.encode()).hexdigest()
    sources = [source._replace(sha256=digest) for source in labelled.TREEBANK]
    monkeypatch.setattr(labelled, "TREEBANK", sources)
    (tmp_path / "rnnbench").mkdir()
    for source in sources:
        (tmp_path / "rnnbench" / source.name).write_text(content)
    task = Sentiment(text="stanford-treebank")
    assert task.dataset.labels == ("bad", "good")
    assert task.split == "trained on 20 texts, scored on 20 others"
