"""Results that are gone while a run goes on are told at once."""

import os
import shutil
import signal

import pytest
from commands import start, wait_until
from small_runs import COPY, SUITE

from rnnbench.results import reader
from rnnbench.results import writer as writing
from rnnbench.results.runs import folders
from rnnbench.running.runner import Runner


def removed(folder):
    shutil.rmtree(folder)


def emptied(folder):
    (folder / folders.FILE).unlink()


def moved(folder):
    folder.rename(folder.with_name("moved"))


def replaced(folder):
    moved(folder)
    folder.mkdir()
    (folder / folders.FILE).write_bytes(COPY)


def linked(folder):
    moved(folder)
    folder.mkdir()
    (folder / folders.FILE).symlink_to(folder.with_name("moved") / folders.FILE)


def cut_off(folder):
    os.truncate(folder / folders.FILE, 100)


@pytest.mark.parametrize(
    ("lose", "when"),
    [
        *((lose, "timing") for lose in (removed, emptied, moved, replaced, linked, cut_off)),
        *((removed, when) for when in ("worker", "training", "at the end")),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_what_is_gone_is_told_at_once_with_the_table(cli, tmp_path, monkeypatch, lose, when):
    out, written, lost = tmp_path / "out", [], []

    def fsync(file, really=os.fsync):
        really(file)
        ((folder),) = [path for path in out.iterdir() if path.name != "moved"]
        kind = (folder / folders.FILE).read_bytes().splitlines()[-1].split(b'"')[3].decode()
        written.append(kind)
        if kind == when and not lost:
            lost.append(lose(folder))

    if when == "at the end":
        run = Runner.run

        def to_the_end(runner, remaining):
            complete = run(runner, remaining)
            lost.append(lose(runner.writer.path.parent))
            return complete

        monkeypatch.setattr(Runner, "run", to_the_end)
    (tmp_path / "short.toml").write_text(SUITE)
    options = ["--suite", tmp_path / "short.toml", "--backends", "fake:good", "--cells", "gru"]
    with monkeypatch.context() as patched:
        patched.setattr(writing.os, "fsync", fsync)
        ended = cli("run", *options, "--out", out)
    assert lost, written
    assert ended.code == 1
    told = [line for line in ended.err.splitlines() if "is gone: " in line or "cut off" in line]
    assert len(told) == 1
    assert "go on with" not in ended.err
    assert "results in" not in ended.err
    assert "Traceback" not in ended.err
    if when != "worker":
        assert "fake:good" in ended.out
    if lose is replaced:
        (folder,) = [path for path in out.iterdir() if path.name != "moved"]
        assert (folder / folders.FILE).read_bytes() == COPY
    if lose in (moved, replaced, linked):
        kept = reader.load(out / "moved" / folders.FILE)
        assert kept.faults == []


def test_what_is_gone_when_a_run_is_interrupted_is_told_as_well(tmp_path):
    (tmp_path / "short.toml").write_text(SUITE)
    out = tmp_path / "out"
    options = ["--suite", tmp_path / "short.toml", "--backends", "fake:good", "--out", out]
    process = start("run", *options, "--max-time", 60)
    wait_until(lambda: any(b'"worker"' in file.read_bytes() for file in folders.runs(out)), process)
    shutil.rmtree(folders.find(None, out).parent)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode in (1, 130)
    assert "is gone: " in err.splitlines()[-1]
    assert "go on with" not in err


def test_a_run_that_came_to_nothing_takes_only_its_own_files_along(cli, tmp_path, monkeypatch):
    (tmp_path / "short.toml").write_text(SUITE)
    made = folders.new_folder

    def new_folder(*arguments):
        folder = made(*arguments)
        (folder / "mine.txt").write_bytes(COPY)
        return folder

    monkeypatch.setattr(folders, "new_folder", new_folder)
    options = ["--suite", tmp_path / "short.toml", "--backends", "fake:good", "--device", "gpu:7"]
    ended = cli("run", *options, "--out", tmp_path / "out")
    assert ended.code == 2
    (folder,) = (tmp_path / "out").iterdir()
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]
