"""Runs that stop and are gone on with."""

import json
import os
import shutil
import signal
import time

import pytest
from commands import rnnbench, start, wait_until

from rnnbench.results import reader
from rnnbench.results.runs import folders
from rnnbench.schema.records.beginning import Resumed, Worker
from rnnbench.schema.records.timing import Timing
from rnnbench.schema.records.training import Training

SUITE = """\
seeds = 2
max_time = 0.1

[[block]]
tasks = ["echo"]
cells = ["elman", "gru"]
"""


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    """The arguments of a short run."""
    file = tmp_path_factory.mktemp("suite") / "short.toml"
    file.write_text(SUITE)
    return ("run", "--suite", file, "--backends", "fake:good,fake:second")


@pytest.fixture(scope="module")
def finished(suite, tmp_path_factory):
    """The folder of a finished run."""
    out = tmp_path_factory.mktemp("finished")
    assert rnnbench(*suite, "--out", out).code == 0
    return out


@pytest.fixture
def out(finished, tmp_path):
    """A folder with a copy of that run."""
    return shutil.copytree(finished, tmp_path / "out")


def kinds(records, kind):
    return [record for record in records if isinstance(record, kind)]


def cut(file, lines):
    """Leave only the first lines of a results file, and half of another."""
    whole = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(whole[:lines]) + whole[lines][:50])


@pytest.mark.parametrize("kind", ["link", "fifo", "folder"])
def test_a_log_that_is_no_file_is_named_as_the_reason(out, tmp_path, kind):
    file = folders.find(None, out)
    cut(file, 5)
    before = file.read_bytes()
    log = file.with_name("fake-good.log")
    log.unlink()
    if kind == "link":
        log.symlink_to(tmp_path / "elsewhere")
    elif kind == "fifo":
        os.mkfifo(log)
    else:
        log.mkdir()
    ended = rnnbench("run", "--resume", "--out", out)
    assert ended.code == 2
    what = "a link is not followed to write" if kind == "link" else "not a regular file"
    assert f"fake:good starts → does not start (can't start a worker: {log}: {what}" in ended.err
    assert file.read_bytes() == before
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("lines", [1, 2, 5, 9])
def test_a_run_that_was_cut_off_anywhere_is_finished(out, lines):
    file = folders.find(None, out)
    done = reader.read(file)
    cut(file, lines)
    ended = rnnbench("run", "--resume", "--out", out)
    assert ended.code == 0, ended.err
    assert "echo · elman" in ended.out
    found = reader.load(file)
    assert found.faults == []
    for kind in (Timing, Training):
        assert len(kinds(found.records, kind)) == len(kinds(done, kind))
    assert len(kinds(found.records, Resumed)) == 1
    assert found.records[:lines] == done[:lines]


def test_what_is_finished_is_only_shown(cli, out):
    file = folders.find(None, out)
    before = file.read_bytes()
    ended = cli("run", "--resume", file.parent.name, "--out", out, "--json")
    assert (ended.code, file.read_bytes()) == (0, before)
    assert "nothing is left to do" in ended.err
    assert len(json.loads(ended.out)) == 4


@pytest.mark.parametrize("options", [("--hidden", 7), ("--backends", "fake"), ("--reuse",)])
def test_a_run_is_resumed_as_it_was_begun(cli, tmp_path, options):
    ended = cli("run", "--resume", "--out", tmp_path, *options)
    assert ended.code == 2
    assert f"{options[0]} with --resume" in ended.err


def test_a_run_to_resume_is_named_only_with_resume(cli):
    ended = cli("run", "default")
    assert ended.code == 2
    assert "'default' without --resume: rnnbench run takes a suite as --suite NAME" in ended.err


def test_where_there_is_no_run_there_is_none_to_resume(cli, tmp_path):
    ended = cli("run", "--resume", "--out", tmp_path)
    assert (ended.code, "no run in" in ended.err) == (2, True)
    ended = cli("run", "--resume", "", "--out", tmp_path)
    assert (ended.code, "it is empty" in ended.err) == (2, True)


def test_another_version_of_a_framework_is_named(out, monkeypatch):
    file = folders.find(None, out)
    cut(file, 4)
    monkeypatch.setenv("FAKE_VERSION", "99")
    ended = rnnbench("run", "--resume", "--out", out)
    assert ended.code == 2
    assert "can't be resumed" in ended.err
    assert "fake:good.versions.fake 1 → 99" in ended.err
    assert len(reader.read(file)) == 4


def test_what_holds_is_reused_and_said_to_be(suite, out):
    first = folders.find(None, out).parent.name
    ended = rnnbench(*suite, "--out", out, "--reuse", "--seeds", 3)
    assert ended.code == 0
    assert "reused 10 records" in ended.err  # two timings, eight trainings
    assert f"measured in an earlier run: {first}" in ended.out
    records = reader.read(folders.find(None, out))
    assert [t.reused for t in kinds(records, Timing)] == [first] * 2
    assert sorted(str(t.reused) for t in kinds(records, Training)) == [first] * 8 + ["None"] * 4
    assert len(kinds(records, Worker)) == 2


def test_an_interrupted_run_says_how_to_go_on_and_is_timed_again(suite, tmp_path):
    out = tmp_path / "out"
    process = start(*suite, "--cells", "gru", "--out", out, "--max-time", 4, "--precision", 1e-7)
    # The matrix product is the last thing before the rows are prepared and timed.
    wait_until(
        lambda: any(b'"record":"peak"' in file.read_bytes() for file in folders.runs(out)), process
    )
    time.sleep(1.8)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=20)
    assert process.returncode == 130
    last = stderr.splitlines()[-1]
    assert last.startswith("interrupted; go on with: rnnbench run --resume ")
    assert last.endswith(f" --out {out}")
    file = folders.find(None, out)
    assert [t.complete for t in kinds(reader.read(file), Timing)] == [False]
    assert "interrupted; it is timed again when the run is resumed" in stdout
    assert rnnbench(*last.partition("rnnbench ")[2].split()).code == 0
    found = reader.load(file)
    assert found.faults == []
    assert [t.complete for t in kinds(found.records, Timing)] == [False, True]
