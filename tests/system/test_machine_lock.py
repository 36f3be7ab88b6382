"""The lock of the machine: held by one process, and by nobody after its end."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from rnnbench.system.machine_lock import FILE, VARIABLE, MachineLock

HOLD = """
import sys, time
from rnnbench.system.machine_lock import MachineLock
with MachineLock(sys.argv[1]) as lock:
    assert lock.acquire("rnnbench run\\x1b[2J")
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "lock")


@pytest.fixture
def holder(path):
    """Another process that holds the lock."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, path], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.communicate()


def test_one_has_it_and_says_so_in_plain_words(path, holder):
    with MachineLock(path) as lock:
        assert not lock.acquire("another")
        told = lock.holder()
    assert told.startswith(f"rnnbench run\\x1b[2J (process {holder.pid}, since ")


def test_a_kill_leaves_it_free(path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with MachineLock(path) as lock:
        assert lock.acquire("next")


def test_the_end_of_the_block_leaves_it_free(path):
    for _ in range(2):
        with MachineLock(path) as lock:
            assert lock.acquire("one")


def test_no_program_that_is_started_inherits_it(path):
    with MachineLock(path) as lock:
        assert lock.acquire("one")
        child = subprocess.Popen(["sleep", "60"], close_fds=False)
    try:
        with MachineLock(path) as lock:
            assert lock.acquire("two")
    finally:
        child.kill()
        child.wait()


def test_every_user_may_take_it_whatever_the_umask(path):
    before = os.umask(0o077)
    try:
        with MachineLock(path) as lock:
            lock.acquire("one")
    finally:
        os.umask(before)
    assert stat.S_IMODE(Path(path).stat().st_mode) == 0o666


def test_one_that_can_only_be_read_is_held_without_words(path, monkeypatch):
    with MachineLock(path) as lock:
        lock.acquire("its owner")
    real = os.open

    def refuse(name, flags, *mode):
        if flags & os.O_RDWR:
            raise PermissionError(13, "Permission denied")
        return real(name, flags, *mode)

    monkeypatch.setattr(os, "open", refuse)
    with MachineLock(path) as lock:
        assert lock.acquire("a guest")


def test_what_is_no_file_is_not_touched(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "file")
    for name in ("fifo", "link", "no/folder"):
        with MachineLock(str(tmp_path / name)) as lock, pytest.raises(OSError, match=r"."):
            lock.acquire("one")


def test_its_place_is_the_machines_unless_a_variable_names_another(monkeypatch):
    monkeypatch.setenv(VARIABLE, "/somewhere/else")
    assert str(MachineLock().path) == "/somewhere/else"
    monkeypatch.delenv(VARIABLE)
    assert str(MachineLock().path) == FILE


def test_one_that_says_nothing_is_another(path):
    with open(path, "w"), MachineLock(path) as lock:  # noqa: PTH123
        assert lock.holder() == "another rnnbench"
