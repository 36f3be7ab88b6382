from __future__ import annotations

import hashlib
import re
import sys
from datetime import date
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from rnnbench import UsageError
from rnnbench_tasks.text.translation.dates import FIRST, FORMS, LAST, dates, ending, written
from rnnbench_tasks.text.translation.task import Translation

LINES = ["ein haus\ta house", "zwei\ttwo", "drei kleine\tthree little", "vier\tfour", "haus\tone"]


def task_of(folder: Path, lines: list[str], name: str = "pairs.tsv", **options: int) -> Translation:
    """Return the task of a file that holds these lines."""
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Translation(path=str(folder / name), unit="words", **{"length": 3} | options)


def refused(task: Translation, batch: int = 1) -> str:
    """Return the one line with which pairs are refused."""
    with pytest.raises(UsageError) as caught:
        task.check(batch)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_dates_are_those_that_they_say() -> None:
    found = dates(500)
    assert found == dates(1000)[:500]
    assert len({source for source, _ in found}) == 500
    for source, target in found:
        day = date.fromisoformat(target)
        assert FIRST <= day <= LAST
        assert source in {written(day, form) for form in FORMS}


def test_a_written_date_means_one_day() -> None:
    meanings: dict[str, str] = {}
    for source, target in dates(10_000):
        assert meanings.setdefault(source, target) == target


@pytest.mark.parametrize(
    ("number", "told"),
    [(1, "st"), (2, "nd"), (3, "rd"), (4, "th"), (11, "th"), (12, "th"), (13, "th"), (21, "st")],
)
def test_ordinals(number: int, told: str) -> None:
    assert ending(number) == told


def test_a_day_in_every_form() -> None:
    day = date(1987, 3, 5)
    told = [written(day, form) for form in FORMS]
    assert told[:2] == ["5 march 1987", "5 mar 1987"]
    assert "thursday, 5 march 1987" in told
    assert "the 5th of march 1987" in told
    assert "5.3.1987" in told


def test_batches_hold_the_pairs_and_their_ends() -> None:
    task = Translation()
    batch = next(task.training(4, 0))
    data = task.dataset
    known = dict(dates(10_000))
    assert batch.lengths is not None
    assert batch.target_lengths is not None
    for k in range(4):
        source = batch.inputs[: batch.lengths[k], k]
        target = batch.targets[: batch.target_lengths[k], k]
        text = "".join(data.sources[token] for token in source)
        assert "".join(data.targets[token] for token in target[:-1]) == known[text]
        assert target[-1] == data.end
    assert not (batch.targets == data.begin).any()


def test_training_goes_through_all_pairs_once_and_again_in_another_order(tmp_path: Path) -> None:
    task = task_of(tmp_path, LINES)
    drawn = [int(batch.inputs[0, 0]) for batch in islice(task.training(1, 0), 40)]
    rounds = [drawn[k : k + 4] for k in range(0, 40, 4)]
    assert len({tuple(sorted(each)) for each in rounds}) == 1
    assert len({tuple(each) for each in rounds}) > 1


def test_exact_match_counts_what_is_right_to_the_end() -> None:
    task = Translation()
    batch = next(iter(task.testing(2)))
    right = np.eye(task.problem.outputs)[batch.targets]
    assert task.measure(right, batch) == (2, 2)
    wrong = right.copy()
    wrong[3, 0] = np.roll(wrong[3, 0], 1)
    assert task.measure(wrong, batch) == (1, 2)
    endless = right.copy()
    endless[-1] = np.eye(task.problem.outputs)[0]
    assert task.measure(endless, batch) == (0, 2)


def test_what_is_said_after_the_end_is_no_matter(tmp_path: Path) -> None:
    task = task_of(tmp_path, ["a\tb b", *LINES[1:4], "vier\tfour"])
    batch = next(iter(task.testing(1)))
    outputs = np.eye(task.problem.outputs)[batch.targets]
    assert batch.target_lengths is not None
    outputs[int(batch.target_lengths[0]) :] = 0.0
    outputs[int(batch.target_lengths[0]) :, :, 1] = 9.0
    assert task.measure(outputs, batch) == (1, 1)


def test_the_naive_answer_is_the_most_frequent_target(tmp_path: Path) -> None:
    task = task_of(tmp_path, ["a\tx", "b\ty", "c\tx", "d\tz z", "e\tx"] * 2)
    assert task.naive_score_for(1) == 1.0
    assert task.naive_score_for(2) == 1.0
    assert task_of(tmp_path, ["a\tx", "b\ty", "c\tx", "d\tz", "e\ty"]).naive_score_for(1) == 0.0


def test_a_file_of_pairs(tmp_path: Path) -> None:
    task = task_of(tmp_path, ["\ufeff" + LINES[0], "", *LINES[1:]])
    task.check(1)
    assert task.split == "trained on 4 pairs, scored on 1 others"
    content = "\n".join([LINES[0], "", *LINES[1:]]) + "\n"
    assert task.data_hash == hashlib.sha256(content.encode()).hexdigest()
    assert any("byte-order mark" in line for line in task.remarks)
    assert task.sizes == "3 to 3 steps, words of pairs.tsv"


def test_a_folder_of_pairs(tmp_path: Path) -> None:
    task_of(tmp_path, LINES, "train.tsv")
    task_of(tmp_path, LINES[:2], "valid.tsv")
    task = Translation(path=str(tmp_path), unit="words", length=3)
    assert task.split == "trained on 5 pairs, scored on 2 others"


def test_long_pairs_are_left_out_and_told(tmp_path: Path) -> None:
    task = task_of(tmp_path, [*LINES, "eins zwei\tone", "a\tone two"], length=1)
    assert task.remarks == ("4 of 7 pairs have more than 1 words on a side: they are left out",)
    assert next(task.training(1, 0)).inputs.shape == (1, 1)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            ["ein haus"],
            r"line 1: there must be a text, a tab and its .* where there is no tab",
        ),
        (["a\tb", "a\t"], r"line 2: there must be a text, a tab .* where a side is empty"),
        (["a\tb", "a\tb\tc"], r"line 2: there must be a text, a tab .* where there are 2 tabs"),
        (["a\tb"], r"of 1 pair of .*, 1 to train on and 0 to score have at most 3 words"),
        (["a b c d\tb"] * 5, r"of 5 pairs of .*, 0 to train on and 0 to score"),
    ],
)
def test_what_are_no_pairs_is_told(tmp_path: Path, lines: list[str], told: str) -> None:
    assert re.search(told, refused(task_of(tmp_path, lines)))


def test_missing_and_foreign_files_are_told(tmp_path: Path) -> None:
    missing = Translation(path=str(tmp_path / "none.tsv"))
    assert "translation.path: there is no file or folder" in refused(missing)
    (tmp_path / "x.tsv").write_bytes(b"\xff\xfe\x00")
    assert "x.tsv" in refused(Translation(path=str(tmp_path / "x.tsv")))


def test_a_batch_larger_than_the_data_is_told(tmp_path: Path) -> None:
    assert "holds 1 pair to score, but a batch takes 2" in refused(task_of(tmp_path, LINES), 2)


def two_files(folder: Path, sources: str, targets: str, **options: str) -> Translation:
    """Return the task of parallel text in two files."""
    paths = {"path": folder / "a.de", "target_path": folder / "a.en"}
    for path, content in zip(paths.values(), (sources, targets), strict=True):
        path.write_bytes(content.encode())
    return Translation(unit="words", length=3, **{k: str(v) for k, v in paths.items()} | options)  # type: ignore[arg-type]


def test_two_files_are_read_line_by_line(tmp_path: Path) -> None:
    sources, targets = ("".join(f"{line.split(chr(9))[k]}\n" for line in LINES) for k in (0, 1))
    (tmp_path / "one").mkdir()
    apart = two_files(tmp_path, sources, "\ufeff" + targets.replace("\n", "\r\n"))
    together = task_of(tmp_path / "one", LINES)
    for one, other in zip(apart.dataset.train, together.dataset.train, strict=True):
        assert (one.tokens == other.tokens).all()
    assert len(apart.remarks) == 2
    assert apart.data_hash != together.data_hash


@pytest.mark.parametrize(
    ("sources", "targets", "told"),
    [
        ("eins\nzwei\n", "one\n", "a.de has 2 lines and "),
        ("eins\n\ndrei\n", "one\ntwo\nthree\n", "a.de, line 2: it is empty"),
        ("eins\nzwei\n", "one\n \n", "a.en, line 2: it is empty"),
        ("", "one\n", "a.de is empty"),
    ],
)
def test_two_files_that_do_not_fit(tmp_path: Path, sources: str, targets: str, told: str) -> None:
    assert told in refused(two_files(tmp_path, sources, targets))


def test_translations_without_sources(tmp_path: Path) -> None:
    assert "needs translation.path" in refused(Translation(target_path="a.en"))
    assert "there is no file" in refused(two_files(tmp_path, "a\n", "b\n", target_path="c.en"))
    assert "is a folder" in refused(two_files(tmp_path, "a\n", "b\n", target_path=str(tmp_path)))


def test_a_beam_is_an_option_of_writing() -> None:
    assert (Translation().beam, Translation(beam=4).beam) == (1, 4)


def test_bleu_is_that_of_sacrebleu(tmp_path: Path) -> None:
    sacrebleu = pytest.importorskip("sacrebleu")
    lines = [f"{k}\tit is a house of {word}" for k, word in enumerate("abcabcabcabc")]
    task = task_of(tmp_path, [*lines, "12\ta", "13\tit is"], length=6, metric="bleu")  # type: ignore[arg-type]
    rng, known = np.random.default_rng(0), task.dataset.targets
    total: float | np.ndarray = 0.0
    texts: tuple[list[str], list[str]] = [], []
    for number, batch in enumerate(task.testing(1)):
        said = batch.targets.copy()
        if number:  # of the first everything is right
            said = np.where(rng.random(said.shape) < 0.3, task.problem.end - 1, said)
        sums, count = task.measure(np.eye(task.problem.outputs)[said], batch)
        total = total + sums
        for kept, tokens in zip(texts, (said, batch.targets), strict=True):
            kept.append(" ".join(known[t] for t in tokens[:, 0] if t < len(known)))
        assert count == 1
    assert task.finish(total, 2) == sacrebleu.corpus_bleu(texts[0], [texts[1]]).score
    assert 0 < task.finish(total, 2) < 100
    usual = " ".join(known[t] for t in task.dataset.usual() if t < len(known))
    naive = sacrebleu.corpus_bleu([usual] * 2, [texts[1]]).score
    assert task.naive_score_for(1) == naive > 0
    assert task.score_name == "BLEU"


def test_bleu_of_nothing_said(tmp_path: Path) -> None:
    pytest.importorskip("sacrebleu")
    task = task_of(tmp_path, ["1\ta b", "2\ta b"] * 5, metric="bleu")  # type: ignore[arg-type]
    batch = next(iter(task.testing(2)))
    silent = np.full(batch.targets.shape, task.problem.end)
    assert task.finish(*task.measure(np.eye(task.problem.outputs)[silent], batch)) == 0


def test_bleu_without_sacrebleu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sacrebleu.metrics.bleu", None)
    assert "pip install 'rnnbench-tasks[bleu]'" in refused(Translation(metric="bleu"))
