"""The folders of parts."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from rnnbench.errors import UsageError
from rnnbench.results.parts.attempts import attempts, claim, divided, finish, is_divided


def test_attempts_are_counted_and_in_order(tmp_path):
    run = tmp_path / "night"
    for number in (2, 1, 2):
        claim(run, number, 3)
    assert [one.name for one in attempts(run)] == [
        *("0001-of-0003.0", "0002-of-0003.0", "0002-of-0003.1")
    ]


def test_one_that_is_done_says_so_and_keeps_its_number(tmp_path):
    folder = finish(claim(tmp_path, 1, 2))
    assert folder.name == "0001-of-0002.0.done"
    (one,) = attempts(tmp_path)
    assert one.done
    assert one.name == "0001-of-0002.0"
    assert one.folder == folder
    assert claim(tmp_path, 1, 2).name == "0001-of-0002.1"


def test_two_that_begin_at_once_have_a_folder_each(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: claim(tmp_path, 1, 1), range(40)))
    assert len(set(found)) == 40


def test_what_is_no_part_is_passed_over(tmp_path):
    claim(tmp_path, 1, 2)
    for name in ("notes", "0001-of-0002", "1-of-2.0", "0001-of-0002.0.gone"):
        (tmp_path / "parts" / name).mkdir()
    assert [one.name for one in attempts(tmp_path)] == ["0001-of-0002.0"]
    assert attempts(tmp_path / "nothing") == []


def test_a_run_is_divided_in_one_way(tmp_path):
    claim(tmp_path, 1, 2)
    claim(tmp_path, 1, 3)
    with pytest.raises(UsageError, match="divided into 2 and into 3 parts"):
        attempts(tmp_path)


def test_the_runs_in_parts_of_a_folder_are_found(tmp_path):
    claim(tmp_path / "night", 1, 2)
    (tmp_path / "other").mkdir()
    assert divided(tmp_path) == [tmp_path / "night"]
    assert divided(tmp_path / "nothing") == []
    assert is_divided(tmp_path / "night")
    assert not is_divided(tmp_path / "other")
    assert not is_divided(tmp_path / ("x" * 300))


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "parts").write_text("my only copy")
    with pytest.raises(UsageError, match="parts"):
        claim(tmp_path, 1, 2)
    assert (tmp_path / "parts").read_text() == "my only copy"
