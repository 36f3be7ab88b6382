"""What is read has an end, what is written is whole, and nothing else is touched."""

import errno
import os
import stat
import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnbench.system.io import files
from rnnbench.system.io.files import (
    is_in_place,
    open_to_append,
    read_file,
    what_is_at,
    write_file,
    write_new,
)

OLD, NEW = b"my only copy", b"something new\n" * 1000


@pytest.fixture
def file(tmp_path):
    (tmp_path / "file").write_bytes(OLD)
    return tmp_path / "file"


@pytest.fixture(params=["fifo", "folder", "zero", "null", "socket", "terminal"])
def odd(request, tmp_path):
    """What is no regular file."""
    place, ends = tmp_path / request.param, ()
    if request.param == "fifo":
        os.mkfifo(place)
    elif request.param == "folder":
        place.mkdir()
    elif request.param == "socket":
        os.mknod(place, stat.S_IFSOCK | 0o600)
    elif request.param == "terminal":
        ends = os.openpty()
        place.symlink_to(os.ttyname(ends[1]))
    else:
        place.symlink_to(f"/dev/{request.param}")
    yield place
    for end in ends:
        os.close(end)


def test_a_regular_file_is_read(file):
    assert read_file(file, len(OLD)) == OLD
    (file.parent / "link").symlink_to(file)
    assert read_file(file.parent / "link", len(OLD)) == OLD


def test_what_is_too_large_is_not_read(file):
    with pytest.raises(OSError, match=r"0\.0 MiB; at most .* MiB is read"):
        read_file(file, len(OLD) - 1)
    os.truncate(file, 5 << 40)
    with pytest.raises(OSError, match=r"5120\.0 GiB; at most 1 GiB is read"):
        read_file(file, 1 << 30)


def test_what_tells_no_size_is_bounded_as_well(file):
    with pytest.raises(OSError, match="at most"):
        read_file(file.__class__("/proc/cpuinfo"), 10)
    assert read_file(file.__class__("/proc/self/comm"), 100)


def test_what_is_no_regular_file_is_not_even_opened(odd):
    with pytest.raises(OSError, match="not a regular file"):
        read_file(odd, 1 << 20)
    with pytest.raises(OSError, match=r"not a regular file|not followed"):
        open_to_append(odd)


def test_whoever_waits_at_the_other_end_of_a_fifo_is_not_disturbed(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    command = [sys.executable, "-c", "import sys; open(sys.argv[1], 'w').write('x')"]
    writer = subprocess.Popen([*command, tmp_path / "fifo"])
    with pytest.raises(OSError, match="not a regular file"):
        read_file(tmp_path / "fifo", 10)
    assert (tmp_path / "fifo").read_text() == "x"
    assert writer.wait() == 0


def test_a_file_is_written_beside_and_renamed(file):
    with file.open("rb") as before:
        write_file(file, NEW)
        assert before.read() == OLD
    assert file.read_bytes() == NEW
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_permissions_are_kept(file, mode):
    file.chmod(mode)
    write_file(file, NEW)
    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_a_new_file_has_the_permissions_of_new_files(file, tmp_path):
    write_file(tmp_path / "new", NEW)
    assert (tmp_path / "new").stat().st_mode == file.stat().st_mode


@pytest.mark.parametrize("exists", [True, False])
def test_a_link_is_followed(file, exists):
    link = file.parent / "link"
    (file.parent / "far").mkdir()
    link.symlink_to("far/there")
    if exists:
        (file.parent / "far" / "there").write_bytes(OLD)
    write_file(link, NEW)
    assert link.is_symlink()
    assert (file.parent / "far" / "there").read_bytes() == NEW
    assert len(list((file.parent / "far").iterdir())) == 1


def test_a_pipe_is_written_to(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    got = []
    reader = threading.Thread(target=lambda: got.append((tmp_path / "fifo").read_bytes()))
    reader.start()
    write_file(tmp_path / "fifo", NEW)
    reader.join()
    assert got == [NEW]


def test_a_pipe_that_nobody_reads_is_not_waited_for(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "fifo")
    monkeypatch.setattr(files, "PATIENCE", 0.1)
    with pytest.raises(OSError, match="a pipe or a socket that nobody reads"):
        write_file(tmp_path / "fifo", NEW)


def test_what_a_path_names_is_said_in_words(odd, file, tmp_path):
    words = {"fifo": "a pipe", "folder": "a folder", "socket": "a socket"}
    assert what_is_at(odd) == words.get(odd.name, "a device")
    (tmp_path / "link").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    places = ("file", "link", "loop", "none", "a\0b", "x" * 300)
    assert [what_is_at(tmp_path / name) for name in places] == [
        "a file",
        "a link to nothing",
        "a link to nothing",
        "nothing",
        "out of reach",
        "out of reach",
    ]


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
@pytest.mark.parametrize("into", ["pipe", "file"])
def test_standard_output_is_written_to_as_it_is(file, name, into):
    script = (
        "import pathlib, sys; from rnnbench.system.io.files import write_file;"
        "write_file(pathlib.Path(sys.argv[1]), b'new')"
    )
    command = [sys.executable, "-c", script, name]
    if into == "pipe":
        assert subprocess.run(command, capture_output=True, check=True).stdout == b"new"
        return
    inode = file.stat().st_ino
    with file.open("ab") as output:
        subprocess.run(command, stdout=output, check=True)
    assert (file.read_bytes(), file.stat().st_ino) == (OLD + b"new", inode)


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(OSError, match="Is a directory"):
        write_file(tmp_path, NEW)


@pytest.mark.parametrize("broken", ["write", "fsync", "fchmod"])
def test_a_failure_leaves_the_old_file_whole_and_no_litter(file, monkeypatch, broken):
    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, broken, fail)
    with pytest.raises(OSError, match="No space left"):
        write_file(file, NEW)
    assert file.read_bytes() == OLD
    assert list(file.parent.iterdir()) == [file]


def test_an_interruption_leaves_it_as_well(file, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_file(file, NEW)
    assert file.read_bytes() == OLD
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("kind", ["file", "link"])
def test_a_new_file_takes_the_name_of_nothing(tmp_path, kind):
    target = tmp_path / "page.html"
    if kind == "file":
        target.write_bytes(b"dear")
    else:
        target.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        write_new(target, b"new")
    assert target.is_symlink() or target.read_bytes() == b"dear"
    assert not (tmp_path / "elsewhere").exists()
    write_new(tmp_path / "other.html", b"new")
    assert (tmp_path / "other.html").read_bytes() == b"new"


def test_a_new_file_that_can_not_be_written_whole_is_removed(tmp_path, monkeypatch):
    def full(file, data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(files.os, "write", full)
        with pytest.raises(OSError, match="No space left"):
            write_new(tmp_path / "page.html", b"new")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_file_that_must_not_be_written_is_not(file):
    file.chmod(0o444)
    with pytest.raises(PermissionError):
        write_file(file, NEW)
    assert file.read_bytes() == OLD


@pytest.mark.parametrize("kind", ["link", "dangling", "hard link"])
def test_a_file_of_a_run_is_appended_to_under_its_own_name_alone(file, kind):
    place = file.parent / "results.jsonl"
    if kind == "hard link":
        place.hardlink_to(file)
    else:
        place.symlink_to(file if kind == "link" else "nowhere")
    with pytest.raises(OSError, match=r"not followed|another name"):
        open_to_append(place, os.O_CREAT)
    assert file.read_bytes() == OLD
    assert not (file.parent / "nowhere").exists()


def test_a_file_that_was_moved_away_is_no_longer_in_place(file):
    descriptor = open_to_append(file)
    assert is_in_place(file, descriptor)
    file.rename(file.parent / "moved")
    assert not is_in_place(file, descriptor)
    file.symlink_to("moved")
    assert not is_in_place(file, descriptor)
    assert is_in_place(file.parent / "moved", descriptor)
    os.close(descriptor)


@given(data=st.binary(), before=st.none() | st.binary())
def test_whatever_is_written_is_read(tmp_path_factory, data, before):
    path = tmp_path_factory.mktemp("any") / "file"
    if before is not None:
        path.write_bytes(before)
    write_file(path, data)
    assert read_file(path, len(data)) == data
