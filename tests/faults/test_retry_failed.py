"""What has failed is done again where that is asked for."""

import shutil

import pytest
from commands import rnnbench
from small_runs import SUITE

from rnnbench.results import reader
from rnnbench.results.queries import plan_of, timings, trainings
from rnnbench.results.runs import folders


@pytest.fixture(scope="module")
def failed_run(tmp_path_factory):
    """The folder of a run, one of whose rows fails."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "short.toml").write_text(SUITE)
    options = ["--suite", folder / "short.toml", "--backends", "fake:good,fake:raises-training"]
    assert rnnbench("run", *options, "--out", folder / "out").code == 1
    return folder / "out"


def test_what_has_failed_is_done_again_and_the_later_record_holds(failed_run, tmp_path):
    out = shutil.copytree(failed_run, tmp_path / "out")
    file = folders.find(None, out)
    before = reader.read(file)
    plain = rnnbench("run", "--resume", "--out", out)
    assert "nothing is left to do in" in plain.err
    assert "; --retry-failed does again what has failed" in plain.err
    assert reader.read(file) == before
    ended = rnnbench("run", "--resume", "--retry-failed", "--out", out)
    assert ended.code == 1  # it fails again
    found = reader.load(file)
    assert found.faults == []
    assert found.records[: len(before)] == before
    again = found.records[len(before) :]
    assert timings(again) == []  # timed well, and not again
    assert {str(one.row) for one in trainings(again)} == {"fake:raises-training"}
    assert len(trainings(again)) == 4
    assert len(trainings(found.records)) == len(trainings(before)) == 8


def test_a_comparison_with_a_failed_row_is_timed_again(cli, tmp_path, monkeypatch):
    (tmp_path / "short.toml").write_text(SUITE)
    options = ["--suite", tmp_path / "short.toml", "--cells", "gru", "--seeds", 1]
    rows = ["--backends", "fake:good,fake:raises"]
    assert cli("run", *options, *rows, "--out", tmp_path / "out").code == 1
    file = folders.find(None, tmp_path / "out")
    before = reader.read(file)
    assert cli("run", "--resume", "--retry-failed", "--out", tmp_path / "out").code == 1
    found = reader.load(file)
    assert found.faults == []
    again = found.records[len(before) :]
    assert len(timings(again)) == 1
    assert [str(one.row) for one in trainings(again)] == ["fake:raises"]
    assert len(timings(found.records)) == 1
    assert len(trainings(found.records)) == 2
    assert plan_of(found.records) == plan_of(before)


def test_to_retry_is_for_a_run_that_is_resumed(cli):
    ended = cli("run", "--retry-failed")
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "--retry-failed without --resume" in ended.err
