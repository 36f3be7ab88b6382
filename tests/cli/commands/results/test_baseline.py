"""``rnnbench baseline`` and ``rnnbench list runs``."""

import json
import shutil

import pytest
from msgspec.structs import replace
from specimens import RECORDS, RUN

from rnnbench.results.runs.folders import FILE
from rnnbench.results.writer import Writer


@pytest.fixture
def out(tmp_path):
    """A folder with two runs."""
    for day, folder, name in ((1, "zero", None), (3, "alpha", "after")):
        (tmp_path / folder).mkdir()
        with Writer(tmp_path / folder / FILE) as writer:
            writer.write(replace(RUN, started=f"2026-01-0{day}T03:04:05+00:00", name=name))
            for record in RECORDS[1:]:
                writer.write(record)
    return tmp_path


def test_a_run_is_kept_and_compared_with(cli, out):
    ended = cli("baseline", "save", "main", "zero", "--out", out)
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == (
        f"baseline 'main' is {out}/zero/{FILE}, kept as {out}/baselines/main.jsonl\n"
    )
    shutil.rmtree(out / "zero")
    compared = cli("compare", "main", "--out", out)
    assert (compared.code, "not judged" in compared.out) == (0, True)  # of one process
    assert cli("show", out / "baselines" / "main.jsonl").code == 0


def test_the_newest_run_is_kept_where_none_is_named(cli, out):
    assert f"'new' is {out}/alpha/{FILE}" in cli("baseline", "save", "new", "--out", out).err


def test_a_name_is_used_twice_only_by_force(cli, out):
    save = ("baseline", "save", "main", "--out", out)
    assert cli(*save).code == 0
    ended = cli(*save)
    assert ended.code == 2
    assert "--force writes over it" in ended.err
    assert cli(*save, "--force").code == 0


@pytest.mark.parametrize(("name", "run"), [("zero", "zero"), ("after", "alpha")])
def test_a_baseline_cannot_have_the_name_of_a_run(cli, out, name, run):
    ended = cli("baseline", "save", name, "--out", out)
    told = f"baseline '{name}': the run {out}/{run} has this name; take another"
    assert (ended.code, ended.err) == (2, f"rnnbench: {told}\n")
    assert not (out / "baselines").exists()


def test_a_run_cannot_have_the_name_of_a_baseline(cli, out):
    cli("baseline", "save", "main", "--out", out)
    ended = cli("run", "--suite", "tiny", "--backends", "fake", "--name", "main", "--out", out)
    told = f"--name main: the baseline {out}/baselines/main.jsonl has this name; take another"
    assert (ended.code, ended.err) == (2, f"rnnbench: {told}\n")
    assert not (out / "main").exists()


def test_a_run_that_is_not_finished_or_damaged_is_kept_and_told(cli, out):
    file = out / "alpha" / FILE
    file.write_bytes(file.read_bytes()[:-30])
    ended = cli("baseline", "save", "main", "--out", out)
    assert ended.code == 0
    assert "line 12 is set aside" in ended.err
    assert ", unfinished in 1 comparison, kept as" in ended.err


def test_what_is_no_run_is_not_kept(cli, out):
    (out / "zero" / FILE).write_text("nothing\n")
    ended = cli("baseline", "save", "main", "zero", "--out", out)
    assert ended.code == 2
    assert not (out / "baselines").exists()


def test_baselines_are_listed(cli, out):
    assert cli("baseline", "list", "--out", out).out.startswith(f"no baseline in {out}: ")
    cli("baseline", "save", "main", "alpha", "--out", out)
    listed = cli("baseline", "list", "--out", out).out
    assert ("main (after)" in listed, "2026-01-03 03:04" in listed) == (True, True)
    (found,) = json.loads(cli("baseline", "list", "--out", out, "--json").out)
    assert (found["name"], found["given_name"], found["rows"]) == ("main", "after", 3)


def test_runs_are_listed_the_newest_last(cli, out):
    (out / "torn").mkdir()
    (out / "torn" / FILE).write_text("torn\n")
    ended = cli("list", "runs", "--out", out)
    assert (ended.code, ended.err) == (0, "")
    words = ended.out.split()
    assert words.index("zero") < words.index("alpha") < words.index(f"{out}/torn/{FILE}")
    assert "alpha (after)" in ended.out
    torn, zero, alpha = json.loads(cli("list", "runs", "--out", out, "--json").out)
    assert "not the record of a run" in torn["fault"]
    assert zero["command"] == ["rnnbench", "run"]
    assert [alpha[key] for key in ("name", "rows", "ok", "failed")] == ["alpha", 3, 2, 1]


def test_where_there_is_no_run_that_is_said(cli, tmp_path):
    ended = cli("list", "runs", "--out", tmp_path)
    assert (ended.code, ended.out.startswith(f"no run in {tmp_path}: ")) == (0, True)
