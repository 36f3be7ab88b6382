"""A text read as sequences that end, each from its first symbol to its last."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from rnnbench import UsageError
from rnnbench_tasks.text.language_modeling import LanguageModeling
from rnnbench_tasks.text.windows import windows

END = 0


def read(tokens: list[int], times: int = 1, steps: int = 3) -> list[tuple[list[int], bool]]:
    """Return the targets of all windows, and whether they begin a sequence."""
    found = windows(np.array(tokens), END, times, steps)
    batch = found.batch(np.arange(len(found.first)))
    lengths, resets = np.asarray(batch.lengths), np.asarray(batch.resets)
    columns = zip(batch.targets.T, lengths, resets, strict=True)
    return [(column[:length].tolist(), bool(begins)) for column, length, begins in columns]


def test_sequences_are_cut_into_windows() -> None:
    assert read([5, 6, 7, 8, 0, 9, 0]) == [([5, 6, 7], True), ([8, 0], False), ([9, 0], True)]


def test_newlines_that_follow_belong_to_the_same_sequence() -> None:
    assert read([5, 0, 0, 6]) == [([5, 0, 0], True), ([6], True)]
    assert read([0, 5]) == [([0], True), ([5], True)]


def test_a_paragraph_ends_with_an_empty_line() -> None:
    found = read([5, 0, 6, 0, 0, 7, 0], times=2, steps=9)
    assert found == [([5, 0, 6, 0, 0], True), ([7, 0], True)]


def test_inputs_are_one_symbol_earlier_and_begin_with_the_end() -> None:
    found = windows(np.array([5, 6, 7, 0, 8]), END, 1, 2)
    batch = found.batch(np.array([0, 1, 2]))
    assert batch.inputs.T.tolist() == [[0, 5], [6, 7], [0, 0]]
    assert batch.targets.T.tolist() == [[5, 6], [7, 0], [8, 0]]
    assert (batch.lengths.tolist(), batch.resets.tolist()) == ([2, 2, 1], [True, False, True])


@pytest.mark.parametrize("readers", [1, 2, 3, 20])
def test_every_window_has_one_reader(readers: int) -> None:
    found = windows(np.random.default_rng(0).integers(0, 6, 200), END, 1, 4)
    shares = found.shared(readers, np.random.default_rng(1).permutation(found.begins.sum()))
    assert sorted(np.concatenate(shares)) == list(range(len(found.first)))
    for share in shares:
        later = ~found.begins[share]
        assert found.begins[share][0]
        assert (np.diff(share)[later[1:]] == 1).all()
    sizes = [len(share) for share in shares]
    assert max(sizes) - min(sizes) <= max(np.diff(np.flatnonzero(found.begins)))


@pytest.fixture
def lines(tmp_path: Path) -> LanguageModeling:
    """Lines that can be told from each other by each of their symbols."""
    text = "".join(f"{chr(0x4E00 + k) * (k % 7 + 1)}\n" for k in range(60))
    (tmp_path / "text.txt").write_text(text, encoding="utf-8")
    return LanguageModeling(path=str(tmp_path / "text.txt"), sequences="lines", length=4)


def test_training_reads_every_line_from_its_first_symbol_to_its_end(
    lines: LanguageModeling,
) -> None:
    open_line: dict[int, list[int]] = {}
    seen = set()
    newline, cut_off = lines.corpus.symbols.index("\n"), lines.corpus.train[-1]
    for batch in islice(lines.training(3, 0), 60):
        for k, (length, begins) in enumerate(zip(batch.lengths, batch.resets, strict=True)):
            if begins:
                assert open_line.get(k, [newline])[-1] in (newline, cut_off)  # read to its end
                assert batch.inputs[0, k] == newline
                open_line[k] = []
            assert len(set(open_line[k])) <= 1
            open_line[k] += batch.targets[:length, k].tolist()
            seen |= {lines.corpus.symbols[open_line[k][0]]}
    assert len(seen) >= 50


def test_testing_scores_each_symbol_of_whole_lines_once(lines: LanguageModeling) -> None:
    counted = sum(batch.lengths.sum() for batch in lines.testing(1))
    assert counted == len(lines.corpus.valid)


def test_too_few_lines_for_a_batch(lines: LanguageModeling) -> None:
    with pytest.raises(UsageError, match=r"validation text of .* lines, but a batch takes 32"):
        lines.check(32)


def test_a_text_without_lines(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("abc" * 100)
    task = LanguageModeling(path=str(tmp_path / "text.txt"), sequences="paragraphs")
    with pytest.raises(UsageError, match="no newline that could end paragraphs"):
        task.check(1)


def test_what_is_apart_stands_in_the_heading() -> None:
    assert LanguageModeling(sequences="lines").sizes.endswith(", lines apart")
