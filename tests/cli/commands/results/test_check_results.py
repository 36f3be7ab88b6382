"""Files, also from strangers, that are only looked at."""

import json
import os

import pytest
from msgspec.structs import replace
from specimens import RECORDS, RUN, TIMING

from rnnbench.results import codec
from rnnbench.results.runs import baselines
from rnnbench.results.runs.folders import FILE


@pytest.fixture
def out(tmp_path):
    """A folder with a whole run and one that is cut off."""
    whole = b"".join(map(codec.encode, RECORDS))
    for name, content in (("a", whole), ("b", whole[:-30])):
        (tmp_path / name).mkdir()
        (tmp_path / name / FILE).write_bytes(content)
    return tmp_path


def test_every_run_of_a_folder_is_told_in_a_line_and_its_faults_below(cli, out):
    ended = cli("check-results", out)
    assert ended.code == 1
    assert ended.out.splitlines() == [
        f"{out}/a/{FILE}: whole, finished, 12 records",
        f"{out}/b/{FILE}: 1 line set aside, unfinished in 1 comparison, 11 records",
        "  line 12: cut off, or without its checksum",
    ]


@pytest.mark.parametrize("path", ["a", f"a/{FILE}"])
def test_one_that_is_whole_is_no_failure(cli, out, path):
    assert cli("check-results", out / path).code == 0


def test_baselines_are_looked_at_too(cli, out):
    baselines.save("main", out / "b" / FILE, out)
    ended = cli("check-results", "--out", out)
    assert ended.code == 1
    assert f"{out}/baselines/main.jsonl: 1 line set aside" in ended.out


def test_what_is_no_file_in_the_place_of_one_is_told(cli, out):
    (out / "b" / FILE).unlink()
    os.mkfifo(out / "b" / FILE)
    ended = cli("check-results", out)
    assert (ended.code, ended.err) == (1, "")
    assert "not a regular file" in ended.out
    ended = cli("check-results", out / "b")
    assert ended.code == 2
    assert f"{FILE} in {out}/b is a pipe, and no results file" in ended.err


def test_runs_that_lie_deeper_are_told(cli, out):
    (out / "b").rename(out / "a" / "b")
    ended = cli("check-results", out)
    assert ended.err == f"{out} is read without the runs in {out}/a/b: name these, too\n"
    assert ended.code == 0


def test_a_run_that_holds_another_one_is_checked_with_it(cli, out):
    (out / "a").rename(out / "b" / "a")
    ended = cli("check-results", out / "b")
    assert ended.code == 1
    assert [line.partition(":")[0] for line in ended.out.splitlines()[::2]] == [
        f"{out}/b/{FILE}",
        f"{out}/b/a/{FILE}",
    ]


def test_json_has_the_same(cli, out):
    ended = cli("check-results", out / "a", out / "b", "--json")
    whole, cut = json.loads(ended.out)
    assert (whole["faults"], whole["left"], whole["records"], whole["newer"]) == ([], 0, 12, 0)
    assert cut["faults"] == [{"line": 12, "what": "cut off, or without its checksum"}]


def test_a_file_that_was_rewritten_is_whole_and_it_is_told(cli, out):
    file = out / "a" / FILE
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    ended = cli("check-results", file)
    assert ended.code == 0
    told = ended.out.splitlines()
    assert told[0].startswith(f"{file}: whole, ")
    assert told[1:] == ["  its line ends CRLF are read as LF"]
    (entry,) = json.loads(cli("check-results", file, "--json").out)
    assert entry["changes"] == ["its line ends CRLF are read as LF"]


def test_what_is_no_run_is_one_line(cli, tmp_path):
    (tmp_path / FILE).write_text("hello")
    ended = cli("check-results", tmp_path)
    assert ended.code == 1
    assert ended.out.startswith(f"{tmp_path}/{FILE}: no run\n  line 1: results file")


def test_where_there_is_nothing_to_check_that_is_an_error(cli, tmp_path):
    ended = cli("check-results", tmp_path / "nowhere")
    assert (ended.code, ended.err.count("\n")) == (2, 1)


def test_nothing_that_a_file_names_is_opened(cli, tmp_path, monkeypatch):
    trap = tmp_path / "trap.py"
    trap.write_text(f"open({str(tmp_path / 'sprung')!r}, 'w')")
    monkeypatch.syspath_prepend(tmp_path)
    plan = replace(
        RUN.plan,
        suite=str(trap),
        plugins=["trap"],
        pythons={"fake": str(trap)},
        comparisons=[
            replace(
                RUN.plan.comparisons[0],
                comparison=replace(TIMING.comparison, task_options={"path": str(trap)}),
            )
        ],
    )
    (tmp_path / FILE).write_bytes(codec.encode(replace(RUN, plan=plan)))
    assert cli("check-results", tmp_path).code == 0
    assert cli("show", tmp_path).code == 0
    assert cli("run", "--resume", tmp_path).code == 2
    assert not (tmp_path / "sprung").exists()


def test_where_nothing_is_it_says_what_makes_a_run(cli, tmp_path):
    ended = cli("check-results", "--out", tmp_path / "results")
    told = f"no run in {tmp_path}/results: rnnbench run makes one, --out says where to look"
    assert (ended.code, ended.err) == (2, f"rnnbench: {told}\n")
