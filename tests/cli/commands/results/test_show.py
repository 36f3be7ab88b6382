"""``rnnbench show``."""

import json
import subprocess
import sys

import pytest
from msgspec.structs import replace
from specimens import FAST, PLAN, RECORDS, RUN, SLOW, TRAINED
from synthetic import write

from rnnbench.results.runs import folders
from rnnbench.results.writer import Writer


def test_show_prints_the_table_again(shared_run, out, cli):
    assert cli("show", "--out", out) == (0, shared_run.out, "")
    name = folders.find(None, out).parent.name
    assert cli("show", name, "--out", out).out == shared_run.out
    drawn = cli("show", "--out", out, "--format", "markdown").out
    assert "\n\n**echo · elman** · T 3" in drawn


def test_a_corrupt_results_file_is_told_with_its_line(cli, tmp_path, shared_run, out):
    lines = folders.find(None, out).read_text().splitlines()
    path = tmp_path / "torn.jsonl"
    path.write_text("\n".join([*lines[:2], lines[2][:20], *lines[3:]]))
    ended = cli("show", path)
    assert ended.code == 0
    assert ended.err == (
        f"{path}, line 3 is set aside: cut off, or without its checksum\n"
        f"the other lines are read; what is missing is measured by: rnnbench run --resume {path}\n"
    )
    path.write_text("\n".join(lines)[:-20])
    ended = cli("show", path)
    assert ended.code == 0
    assert f"line {len(lines)} is set aside" in ended.err


def test_a_reader_that_goes_away_is_no_error(shared_run, out):
    command = (
        f"{sys.executable} -m rnnbench show --out {out} --json | head -1; echo ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout == "[\n0\n"
    assert done.stderr == ""


#: What takes a while to import, and is for DataFrames, fits and measuring.
HEAVY = {"pandas", "scipy", "pluggy", "autograd", "rich.console"}
EXPORT = ("export", "--format", "pytest-benchmark")


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A results file of 400 rows, some of which failed."""
    path = tmp_path_factory.mktemp("large") / folders.FILE
    write(path, 100)
    return path


@pytest.mark.parametrize("command", [("show",), ("show", "--json"), EXPORT, ("compare",)], ids=str)
def test_figures_are_shown_without_what_only_measuring_needs(large, command):
    files = [large] * (2 if command == ("compare",) else 1)
    code = f"""
import sys
from rnnbench.cli.main import main
sys.argv = ["rnnbench", *{[*command, *map(str, files)]!r}]
try:
    main()
except SystemExit as ended:
    assert not ended.code
print(*sys.modules, file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert HEAVY.isdisjoint(done.stderr.split())


def test_a_large_run_is_shown_row_by_row(cli, large):
    shown = json.loads(cli("show", "--json", large).out)
    assert len(shown) == 400
    failed = [row for row in shown if row["status"] == "failed"]
    assert 0 < len(failed) < 40
    timed = [row for row in shown if row["status"] == "ok"]
    assert all(row["score"] is not None for row in timed)
    assert all((row["ratio"] is None) == (row["unranked"] is not None) for row in timed)
    assert all(row["ratio"] >= 1 for row in timed if not row["unranked"])
    assert cli("show", large).out.count("fake:") >= 400


def test_scores_are_judged_by_the_margin_that_is_asked_for(tmp_path, cli):
    path = tmp_path / folders.FILE
    scores = {FAST: (0.40, 0.45, 0.50), SLOW: (0.41, 0.461, 0.511)}
    trained = [
        replace(TRAINED, row=row, seed=seed, score=score)
        for row, own in scores.items()
        for seed, score in enumerate(own)
    ]
    with Writer(path) as writer:
        plan = replace(PLAN, seeds=[0, 1, 2])
        for record in (replace(RUN, plan=plan), *RECORDS[1:6], *trained):
            writer.write(record)
    found = {
        delta: [row["score_verdict"] for row in json.loads(cli("show", path, "--json", *delta).out)]
        for delta in [(), ("--score-delta", "5%")]
    }
    assert found == {(): ["worse", None, None], ("--score-delta", "5%"): ["same", None, None]}
