"""A file of data that somebody writes to while a run computes with it."""

import hashlib
import os
import time
from pathlib import Path

import pytest
from commands import rnnbench, start

from rnnbench.results import reader
from rnnbench.results.queries import timings, trainings
from rnnbench.results.runs import folders

BEFORE, AFTER = bytes(range(100)), bytes(range(50, 150))
OLD, NEW = (hashlib.sha256(data).hexdigest() for data in (BEFORE, AFTER))


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").write_bytes(BEFORE)
    return tmp_path / "data"


def command(name, *more, steps=200):
    what = ["-p", "file_tasks", "--tasks", name, "--set", f"{name}.path=data", "--cells", "lstm"]
    how = ["--suite", "tiny", "--backends", "fake:good", "--seeds", "4", "--steps", steps]
    return ["run", *what, *how, "--max-time", "0.1", *more]


def newest():
    return reader.read(folders.find(None, Path("results")))


def begins_to_train(within=60):
    """Return whether a first training is finished in time."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if folders.runs(Path("results")) and trainings(newest()):
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("name", ["held", "hashed-once"])
def test_nothing_is_ok_under_the_hash_of_what_was_written_over(file, name):
    going = start(*command(name))
    assert begins_to_train()
    with file.open("r+b") as there:  # what is as long is never empty in between
        there.write(AFTER)
    _, told = going.communicate()
    assert going.returncode == 1, told
    found = trainings(newest())
    ends = [one.status for one in found]
    assert ends == sorted(ends, reverse=True)  # ok at first, then failed
    assert set(ends) == {"ok", "failed"}
    assert {one.data_hash for one in found if one.status == "ok"} == {OLD}
    lost = [one.reason for one in found if one.status == "failed"]
    changed = f"the data of {name} have changed during the run"
    assert [reason for reason in lost if not reason.startswith(changed)] == []


def test_a_map_of_a_file_that_is_cut_off_ends_as_a_failure(file):
    """Its worker is killed for it, and the one in its place is held to the plan."""
    going = start(*command("mapped"))
    assert begins_to_train()
    os.truncate(file, 0)
    _, told = going.communicate()
    assert going.returncode == 1, told
    ends = [one.status for one in trainings(newest())]
    assert ends[0] == "ok"
    assert set(ends[2:]) <= {"failed", "crashed"}


def test_a_run_is_not_gone_on_with_where_its_data_have_changed(file):
    file.write_bytes(BEFORE)
    assert rnnbench(*command("held", steps=2)).code == 0
    results = folders.find(None, Path("results"))
    whole = results.read_bytes().splitlines(keepends=True)
    results.write_bytes(b"".join(whole[:-4]))
    resume = ["run", "--resume", "-p", "file_tasks"]
    file.write_bytes(AFTER)
    refused = rnnbench(*resume)
    assert refused.code == 2
    assert f"data_hash {OLD} → {NEW}" in refused.err
    file.write_bytes(BEFORE)
    assert rnnbench(*resume).code == 0
    assert {one.data_hash for one in trainings(newest())} == {OLD}


def test_what_was_measured_with_other_data_is_not_reused(file):
    assert rnnbench(*command("held", steps=2)).code == 0
    assert {one.data_hash for one in trainings(newest())} == {OLD}
    assert {row.data_hash for one in timings(newest()) for row in one.rows} == {OLD}
    file.write_bytes(AFTER)
    ended = rnnbench(*command("held", "--reuse", steps=2))
    assert ended.code == 0
    assert "reused 0 records" in ended.err
    assert {one.data_hash for one in trainings(newest())} == {NEW}
