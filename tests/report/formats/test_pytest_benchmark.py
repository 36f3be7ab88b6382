import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from pytest_benchmark.stats import Stats
from rendering import exported
from specimens import BROKEN, FAST, KEY, RECORDS, RUN, SLOW, THREE_PROCESSES, TIMING, process, timed

from rnnbench.analysis.read_rows import rows_of
from rnnbench.errors import UsageError
from rnnbench.report.formats import json as json_format
from rnnbench.report.formats.pytest_benchmark import ASKED, stats, texts
from rnnbench.report.formats.pytest_benchmark import export as export_rows
from rnnbench.results.runs.folders import FILE
from rnnbench.results.writer import Writer
from rnnbench.schema.records.timing import Timing


def with_timing(*timings):
    """Return the specimens with other timings."""
    return [record for record in RECORDS if not isinstance(record, Timing)] + list(timings)


def by_name(records):
    return {one["name"]: one for one in exported(records).content["benchmarks"]}


@pytest.fixture
def folder(tmp_path):
    """A folder of runs with that of the specimens."""
    (tmp_path / "runs" / "one").mkdir(parents=True)
    write(tmp_path / "runs" / "one", RECORDS)
    return tmp_path / "runs"


def write(folder, records):
    writer = Writer(folder / FILE)
    for record in records:
        writer.write(record)
    writer.close()


def compare(*arguments):
    """Run the real ``pytest-benchmark compare``, which makes a folder where it is run."""
    script = Path(sys.executable).with_name("pytest-benchmark")
    return subprocess.run(
        [script, "compare", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=arguments[0].parent,
    )


def test_pytest_benchmark_compares_what_is_exported(cli, folder, tmp_path):
    file = tmp_path / "run.json"
    ended = cli("export", "--format", "pytest-benchmark", "--output", file, "--out", folder)
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == "left out: 1 row without figures, or with too few undisturbed blocks\n"
    compared = compare(file, "--group-by", "group,param:device", "--csv", tmp_path / "table")
    assert compared.returncode == 0, compared.stderr
    for name in ("good/train-step", "good/forward", "second/train-step", "second/forward"):
        assert f"echo/lstm/fake:{name}" in compared.stdout
    assert (tmp_path / "table.csv").read_text().count("cpu") == 4


def test_two_runs_are_compared_benchmark_by_benchmark(cli, folder, tmp_path):
    files = [tmp_path / "a.json", tmp_path / "b.json"]
    for file in files:
        cli("export", "one", "--format", "pytest-benchmark", "--output", file, "--out", folder)
    compared = compare(*files, "--between", "median")
    assert compared.returncode == 0, compared.stderr
    assert compared.stdout.count("+0.0%") == 4


def test_a_real_run_is_exported(cli, undisturbed, tmp_path):
    file, out = tmp_path / "run.json", tmp_path / "out"
    timing = ("--backends", "fake:good", "--steps", "0", "--precision", "1e-9", "--max-time", "2")
    assert cli("run", "--suite", "tiny", *timing, "--out", out).code == 0
    ended = cli("export", "--format", "pytest-benchmark", "--output", file, "--out", out)
    if "has no row with figures" in ended.err:
        pytest.skip("this machine is too busy for rounds enough")
    assert ended.code == 0, ended.err
    assert "echo/elman/fake:good/train-step" in compare(file).stdout


def test_a_row_of_too_few_blocks_is_left_out_since_it_would_be_ranked():
    few = [timed(SLOW, process([2.0] * 5)), timed(FAST, process([1.0] * 6))]
    found = exported(with_timing(replace(TIMING, rows=few)))
    names = {name.split("/")[2] for name in (one["name"] for one in found.content["benchmarks"])}
    assert (names, found.left_out) == ({"fake:good"}, 1)


@given(st.lists(st.floats(1e-6, 1e3), min_size=1, max_size=30))
def test_figures_are_those_that_pytest_benchmark_computes_itself(seconds):
    theirs = Stats()
    for each in seconds:
        theirs.update(each)
    (ours,) = stats(np.array([seconds]))
    counts = ("rounds", "outliers", "stddev_outliers", "iqr_outliers")
    fences = ("ld15iqr", "hd15iqr")  # which datum is at a fence may hang on a rounding
    for field in set(Stats.fields) - {*counts, *fences}:
        assert ours[field] == pytest.approx(getattr(theirs, field), rel=1e-9, abs=1e-12), field
    assert ours["rounds"] == theirs.rounds


def test_outliers_are_those_that_pytest_benchmark_counts():
    seconds = [1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 9.0]
    theirs = Stats()
    for each in seconds:
        theirs.update(each)
    (ours,) = stats(np.array([seconds]))
    for field in ("outliers", "ld15iqr", "hd15iqr"):
        assert ours[field] == getattr(theirs, field)


def test_it_is_written_as_json_with_all_its_benchmarks():
    made = exported(RECORDS)
    text = "".join(texts(export_rows(rows_of(RECORDS, ASKED))))
    assert text == f"{json_format.text_of(made.content)}\n"
    assert json.loads(text)["benchmarks"] == made.content["benchmarks"]


def test_a_benchmark_is_in_seconds_per_call_over_all_processes():
    found = by_name(with_timing(THREE_PROCESSES))["echo/lstm/fake:good/train-step"]
    assert found["stats"]["rounds"] == len(found["stats"]["data"]) == 24
    assert found["stats"]["median"] == pytest.approx(0.00202)
    assert found["stats"]["iterations"] == 5
    assert found["extra_info"]["processes"] == 3
    assert found["fullname"] == f"{found['name']}[{KEY}]"
    assert KEY not in found["group"]


def test_disturbed_blocks_are_left_out():
    quiet, noisy = process([2.0] * 7), process([9.0], lost=0.5)
    mixed = replace(quiet, steps=[*quiet.steps, *noisy.steps])
    records = with_timing(replace(TIMING, rows=[timed(TIMING.rows[0].row, mixed)]))
    found = by_name(records)["echo/lstm/fake:second/train-step"]["stats"]
    assert found["data"] == pytest.approx([0.002] * 7)


def test_extra_info_tells_ratio_and_verdict_of_training_steps_alone():
    found = by_name(with_timing(THREE_PROCESSES))
    step = found["echo/lstm/fake:second/train-step"]["extra_info"]
    assert step["ratio"] == pytest.approx(2.0, rel=0.01)
    assert step["verdict"] == "slower"
    assert (step["kernel"], step["versions"]) == ("loop", {"fake": "1.2", "numpy": "2"})
    forward = found["echo/lstm/fake:second/forward"]["extra_info"]
    assert "ratio" not in forward
    assert forward["forward_ms"] == pytest.approx(1.0, rel=0.05)


def test_the_commit_is_told_apart_from_changes_on_top_of_it():
    def commit(git):
        return exported([replace(RUN, git=git), *RECORDS[1:]]).content["commit_info"]

    assert (commit("ab12+")["id"], commit("ab12+")["dirty"]) == ("ab12", True)
    assert (commit("ab12")["id"], commit("ab12")["dirty"]) == ("ab12", False)
    assert commit(None)["id"] == "unversioned"


def test_a_run_without_figures_is_an_error_and_writes_nothing(cli, folder, tmp_path):
    failed = [replace(TIMING.rows[2], row=row) for row in (FAST, SLOW, BROKEN)]
    broken = with_timing(replace(TIMING, rows=failed))
    with pytest.raises(UsageError, match="no row with figures"):
        exported(broken)
    (folder / "one" / FILE).unlink()
    write(folder / "one", broken)
    file = tmp_path / "run.json"
    ended = cli("export", "--format", "pytest-benchmark", "--output", file, "--out", folder)
    assert ended.code == 2
    assert ended.err.count("\n") == 1
    assert not file.exists()


def test_stdout_is_json_and_nothing_else(cli, folder):
    for output in ((), ("--output", "-")):
        ended = cli("export", "--format", "pytest-benchmark", "--out", folder, *output)
        assert len(json.loads(ended.out)["benchmarks"]) == 4


def test_a_file_is_written_over(cli, folder, tmp_path):
    file = tmp_path / "run.json"
    file.write_text('{"made_by": "rnnbench"}' + " " * 100_000)
    cli("export", "--format", "pytest-benchmark", "--output", file, "--out", folder)
    assert len(json.loads(file.read_text())["benchmarks"]) == 4


@pytest.mark.parametrize("place", [".", "missing/run.json"])
def test_a_file_that_cannot_be_written_is_one_line(cli, folder, tmp_path, place):
    file = tmp_path / place
    ended = cli("export", "--format", "pytest-benchmark", "--output", file, "--out", folder)
    assert ended.code == 2
    assert ended.err.startswith(f"rnnbench: --output {file}: ")
    assert ended.err.count("\n") == 1
