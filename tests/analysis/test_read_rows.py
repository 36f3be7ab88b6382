"""A large file whose halves are read by two processes gives the rows of one that is read whole."""

import os
import random

import pytest
import synthetic
from msgspec.structs import replace

from rnnbench.analysis import read_rows
from rnnbench.analysis.read_rows import Asked, in_halves, rows_of
from rnnbench.errors import UsageError
from rnnbench.measure.scores import SCORE_DELTA
from rnnbench.measure.verdicts import DELTA
from rnnbench.results import codec, reader
from rnnbench.results.queries import trainings
from rnnbench.schema.records.timing import Timing
from rnnbench.schema.records.training import Training
from rnnbench.schema.row import Row
from rnnbench.system import halves

#: Three processes and seeds, so that there are verdicts on times and on scores.
RECORDS = list(synthetic.run(5, processes=3, seeds=3))
ASKED = Asked(lambda _: None, DELTA, SCORE_DELTA, lambda own, _: trainings(own), Training)


@pytest.fixture
def forked(monkeypatch):
    """Every file is large; what two processes are asked for is noted."""
    monkeypatch.setattr(reader, "LARGE", 0)
    monkeypatch.setattr(read_rows, "may_fork", lambda: True)
    monkeypatch.setattr(halves, "may_fork", lambda: True)
    found, start = [], halves.fork
    monkeypatch.setattr(halves, "fork", lambda: found.append(os.getpid()) or start())
    return found


@pytest.fixture
def file(tmp_path):
    return written(tmp_path / "results.jsonl", RECORDS)


def written(path, records):
    path.write_bytes(b"".join(map(codec.encode, records)))
    return path


def whole(path, asked=ASKED):
    return rows_of(reader.load(path, to_show=True).records, asked)


def same(found, path, asked=ASKED):
    """Hold what was read in halves against what is read as a whole."""
    assert found._replace(records=()) == whole(path, asked)._replace(records=())


def test_rows_verdicts_and_trainings_are_the_same(forked, file):
    found = in_halves(file, ASKED)
    same(found, file)
    assert forked == [os.getpid()]
    assert {one.verdict for one in found.results} > {None}
    assert {one.score_verdict for one in found.results} > {None}
    assert not [one for one in found.records if isinstance(one, Timing | Training)]


def test_so_are_ratios_to_a_row(forked, file):
    asked = replace(ASKED, baseline=lambda _: Row("fake", "second"), delta=0.5, score_delta=0.5)
    same(in_halves(file, asked), file, asked)
    assert forked


def test_rows_are_in_the_order_of_the_plan(forked, tmp_path):
    first, *others = RECORDS
    path = written(tmp_path / "results.jsonl", [first, *reversed(others)])
    found = in_halves(path, ASKED)
    assert found.results == whole(path).results
    keys = list(dict.fromkeys(one.comparison for one in found.results))
    assert keys == list(first.plan.by_key)


@pytest.mark.parametrize("place", [6, -1])
def test_what_was_measured_last_may_be_in_either_half(forked, tmp_path, place):
    records = list(RECORDS)
    records[place] = replace(records[place], elapsed=9.0)
    path = written(tmp_path / "results.jsonl", records)
    found = in_halves(path, ASKED)
    assert found.elapsed == 9.0
    assert found.results == whole(path).results


def damaged(lines):
    return [*lines[:-1], lines[-1].replace(b'"score"', b'"scare"')]


def cut_off(lines):
    return [*lines[:-1], lines[-1][:-20]]


def of_a_newer_version(lines):
    return [*lines, b'{"record":"unheard"}\n']


def rewritten(lines):
    return [line.replace(b"\n", b"\r\n") for line in lines]


@pytest.mark.parametrize(
    "spoil", [damaged, cut_off, of_a_newer_version, rewritten], ids=lambda one: one.__name__
)
def test_a_file_of_which_something_is_told_is_read_whole(forked, file, spoil):
    file.write_bytes(b"".join(spoil(file.read_bytes().splitlines(keepends=True))))
    assert in_halves(file, ASKED) is None
    assert forked


def test_what_only_seems_to_be_of_a_half_is_read_whole(forked, tmp_path):
    """The first key in a line may be an option of its task, and another one than the record's."""
    (run, *others), (first, *_, last) = RECORDS, RECORDS[0].plan.comparisons
    old, options = last.comparison.key, {"key": first.comparison.key}
    last = replace(last, comparison=replace(last.comparison, task_options=options))
    plan = replace(run.plan, comparisons=[*run.plan.comparisons[:-1], last])
    records = [replace(run, plan=plan)]
    for one in others:
        if isinstance(one, Timing) and one.key == old:
            one = replace(one, comparison=last.comparison)
        its_own = isinstance(one, Timing | Training) and one.key == old
        records.append(replace(one, key=last.comparison.key) if its_own else one)
    path = written(tmp_path / "results.jsonl", records)
    assert len(whole(path).results) == len(whole(written(tmp_path / "as", RECORDS)).results)
    assert in_halves(path, ASKED) is None
    assert forked


def test_a_file_that_another_one_takes_the_place_of_is_read_whole(forked, file, monkeypatch):
    other = [replace(RECORDS[0], started="2026-02-02T03:04:05+00:00"), *RECORDS[1:]]
    written(file.with_name("other"), other)
    load = reader.load

    def replaced(path, to_show, half):
        return load(path.with_name("other") if half else path, to_show, half)

    monkeypatch.setattr(reader, "load", replaced)
    assert in_halves(file, ASKED) is None
    assert forked


def changed(record, number):
    """Return a record that is interrupted, or failed, or was written later."""
    if isinstance(record, Timing) and number % 2:
        lost = {"status": "failed", "reason": "lost", "processes": []}
        return replace(record, rows=[replace(row, **lost) for row in record.rows])
    return replace(record, complete=False) if isinstance(record, Timing) else record


@pytest.mark.parametrize("seed", range(20))
def test_whatever_befalls_its_lines_it_is_as_if_read_whole(forked, tmp_path, seed):
    """Lines are in disorder, missing, there twice, or interrupted or failed at first."""
    drawn = random.Random(seed)
    run, *others = RECORDS
    drawn.shuffle(others)
    del others[: drawn.randrange(5)]
    for number in range(drawn.randrange(4)):
        again = changed(drawn.choice(others), number)
        others.insert(drawn.randrange(len(others)), again)
    path = written(tmp_path / "results.jsonl", [run, *others])
    found, expected = in_halves(path, ASKED), whole(path)
    assert forked
    if found is None:  # as a line contradicts one before it
        assert not reader.load(path).as_written
        return
    assert found.results == expected.results
    assert found.elapsed == expected.elapsed
    assert sorted(map(repr, found.beside)) == sorted(map(repr, expected.beside))


@pytest.mark.parametrize("why", ["small", "alone"])
def test_a_small_file_and_a_lonely_process_have_no_child(forked, file, monkeypatch, why):
    if why == "small":
        monkeypatch.setattr(reader, "LARGE", file.stat().st_size + 1)
    else:
        monkeypatch.setattr(read_rows, "may_fork", lambda: False)
    assert in_halves(file, ASKED) is None
    assert not forked


def test_a_file_that_is_gone_is_left_to_who_reads_it_whole(forked, file):
    file.unlink()
    assert in_halves(file, ASKED) is None


def test_no_results_file_is_an_error_as_ever(forked, tmp_path):
    path = tmp_path / "results.jsonl"
    path.write_text("my only copy\n")
    with pytest.raises(UsageError, match="does not begin with the record of a run"):
        in_halves(path, ASKED)
