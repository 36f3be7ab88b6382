"""What killed writers have left is removed, and what living ones write is not."""

import os
import signal
import subprocess
import sys

import pytest

from rnnbench.system.io import leftovers
from rnnbench.system.io.files import write_file
from rnnbench.system.io.leftovers import open_beside, sweep

WRITER = """
import sys, time
from pathlib import Path
from rnnbench.system.io.leftovers import open_beside
print(open_beside(Path(sys.argv[1]))[0], flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def anew():
    """Sweep in each test as in a new process."""
    sweep.cache_clear()


@pytest.fixture
def writer(tmp_path):
    """A process that is about to write a file."""
    command = [sys.executable, "-c", WRITER, tmp_path / "target"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        yield process
        process.kill()


@pytest.fixture
def beside_others(monkeypatch):
    """Somebody sweeps whenever a file is renamed."""
    replace = leftovers.Path.replace

    def swept_first(path, target):
        sweep.cache_clear()
        sweep(path.parent)
        return replace(path, target)

    monkeypatch.setattr(leftovers.Path, "replace", swept_first)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_what_a_killed_writer_has_left_goes_with_the_next_file(tmp_path, writer):
    (left,) = names(tmp_path)
    write_file(tmp_path / "target", b"new")
    assert names(tmp_path) == [left, "target"]  # it may go on
    writer.send_signal(signal.SIGSTOP)
    sweep.cache_clear()
    write_file(tmp_path / "target", b"newer")
    assert names(tmp_path) == [left, "target"]
    writer.kill()
    writer.wait()
    sweep.cache_clear()
    write_file(tmp_path / "target", b"newest")
    assert names(tmp_path) == ["target"]


@pytest.mark.usefixtures("beside_others")
def test_a_file_is_held_until_it_has_its_name(tmp_path):
    write_file(tmp_path / "target", b"new")
    assert (tmp_path / "target").read_bytes() == b"new"


@pytest.mark.parametrize("name", [".rnnbench-notes", ".rnnbench-0123456789abcdef.txt", "rnnbench"])
def test_files_of_others_are_left(tmp_path, name):
    (tmp_path / name).touch()
    write_file(tmp_path / "target", b"new")
    assert name in names(tmp_path)


@pytest.mark.parametrize("kind", ["folder", "link", "fifo"])
def test_what_is_no_file_is_left(tmp_path, kind):
    path = tmp_path / ".rnnbench-0123456789abcdef"
    (tmp_path / "note").write_text("my only copy")
    if kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to("note")
    else:
        os.mkfifo(path)
    sweep(tmp_path)
    assert path.is_symlink() or path.exists()
    assert (tmp_path / "note").read_text() == "my only copy"


def test_a_file_that_was_swept_before_it_was_held_is_made_again(tmp_path, monkeypatch):
    flock, swept = leftovers.fcntl.flock, []

    def hold(file, how):
        if not swept:
            swept.extend(tmp_path.iterdir())
            swept[0].unlink()
        flock(file, how)

    monkeypatch.setattr(leftovers.fcntl, "flock", hold)
    beside, file = open_beside(tmp_path / "target")
    os.close(file)
    assert [beside] == list(tmp_path.iterdir()) != swept
