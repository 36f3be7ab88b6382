"""Files that others have named: read within bounds, and never lost by writing.

A path may name anything: a FIFO that nobody writes to, a device without end, a link to somebody's
only copy. So it is looked at before it is opened, and once more when it is open.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from rnnbench.errors import UsageError
from rnnbench.system.io.leftovers import open_beside

#: Seconds in which somebody must begin to read a pipe that is written to.
PATIENCE = 3.0
#: What a file may be, in a user's words.
_KINDS = (
    (stat.S_ISREG, "a file"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
#: Opening waits for nobody, and gives away neither a terminal nor a descriptor.
_QUIETLY = os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
#: Bytes that are read at once: the lines of results files are long.
_BUFFER = 1 << 18


def open_to_read(path: Path, largest: int) -> BinaryIO:
    """Open a regular file; nothing waits for what it is not.

    Args:
        path: of the file; links are followed.
        largest: bytes beyond which it is refused.

    Raises:
        OSError: if it can't be read, is no regular file or is too large; ``strerror`` says so.
    """
    _check_regular(path, path.stat())  # opening a FIFO or a device can do something to it
    file = open(os.open(path, os.O_RDONLY | _QUIETLY), "rb", _BUFFER)  # noqa: PTH123, SIM115
    try:
        check_size(path, file.fileno(), largest)
    except OSError:
        file.close()
        raise
    return file


def read_file(path: Path, largest: int) -> bytes:
    """Return the content of a regular file.

    Args:
        path: of the file; links are followed.
        largest: bytes beyond which it is refused, also where it tells no size or grows meanwhile.

    Raises:
        OSError: if it can't be read, is no regular file or is too large; ``strerror`` says so.
    """
    with open_to_read(path, largest) as file:
        data = file.read(largest + 1)
    if data is None:  # of a file that would have to be waited for
        raise OSError(errno.EAGAIN, "it can't be read at once", str(path))
    if len(data) > largest:
        raise _too_large(path, len(data), largest)
    return data


def write_file(path: Path, data: bytes, synced: bool = True) -> None:
    """Write a file whole or not at all: beside the old one, which it then replaces.

    A link is followed to what it names, and an existing file keeps its permissions. What is no
    regular file, such as a pipe, or is one of our own streams is written to as it is.

    Args:
        path: of the file.
        data: all of it.
        synced: whether it is on the disk once this returns; thousands of files that can be made
            again need not be.

    Raises:
        OSError: if it can't be written; what was there is as it was.
    """
    try:
        before = path.stat()
    except FileNotFoundError:
        before = None
    if before and (not stat.S_ISREG(before.st_mode) or _is_stream(path, before)):
        _write_to_stream(path, data)
        return
    target = Path(os.path.realpath(path)) if path.is_symlink() else path
    if before and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
    beside, file = open_beside(target)
    try:
        try:
            if before:
                _take_over(file, before)
            _write_whole(file, data)
            if synced:
                os.fsync(file)
            beside.replace(target)
        finally:
            os.close(file)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise


def write_new(path: Path, data: bytes) -> None:
    """Write a file whose name is nobody's yet; what can't be written whole is removed.

    Args:
        path: of the file.
        data: all of it.

    Raises:
        FileExistsError: if something has that name, be it a link to nothing.
        OSError: if it can't be written.
    """
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        _write_whole(file, data)
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise
    finally:
        os.close(file)


def scratch_file() -> BinaryIO:
    """Return an empty file without a name, which ends when it is closed.

    Raises:
        UsageError: if there is no room for one.
    """
    import tempfile  # some milliseconds, for what is seldom needed

    try:
        return tempfile.TemporaryFile(buffering=0)
    except OSError as error:
        reason = error.strerror or error
        raise UsageError(f"{reason}; TMPDIR names a folder for temporary files") from error


def open_to_append(path: Path, flags: int = 0) -> int:
    """Return the descriptor of a file of a run, to read it and to append to it.

    What somebody has put in its place is refused: a link, a file that has another name as well,
    what is no regular file.

    Args:
        path: of the file.
        flags: such as ``os.O_CREAT``, beside those that this needs.

    Raises:
        OSError: if it can't be opened, or is something else; ``strerror`` says so.
    """
    with suppress(FileNotFoundError):
        _check_own(path, path.lstat())
    flags |= os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | _QUIETLY
    file = os.open(path, flags, 0o666)
    try:
        _check_own(path, os.fstat(file))
    except OSError:
        os.close(file)
        raise
    return file


def what_is_at(path: Path) -> str:
    """Return what a path names, in a user's words: ``a file``, ``a pipe``, ``nothing``."""
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            if not os.path.exists(path):  # noqa: PTH110 - a circle of links does not raise
                return "a link to nothing"
            mode = path.stat().st_mode
    except FileNotFoundError:
        return "nothing"
    except (OSError, ValueError):  # nobody may look, or what can't be a name
        return "out of reach"
    return next((what for is_so, what in _KINDS if is_so(mode)), "something else")


def is_in_place(path: Path, file: int) -> bool:
    """Return whether a path still names the file of a descriptor, itself and not through a link."""
    try:
        return os.path.samestat(path.lstat(), os.fstat(file))
    except OSError:
        return False


def check_size(path: Path, file: int, largest: int) -> None:
    """Refuse an open file that is no regular one or has more bytes than ``largest``.

    Raises:
        OSError: saying which.
    """
    found = os.fstat(file)
    _check_regular(path, found)
    if found.st_size > largest:
        raise _too_large(path, found.st_size, largest)


def _check_regular(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "not a regular file", str(path))


def _check_own(path: Path, found: os.stat_result) -> None:
    if stat.S_ISLNK(found.st_mode):
        raise OSError(errno.ELOOP, "a link is not followed to write; name the file", str(path))
    _check_regular(path, found)
    if found.st_nlink > 1:
        what = "it has another name (a hard link), which would be written to as well; copy it"
        raise OSError(errno.EMLINK, what, str(path))


def _too_large(path: Path, size: int, largest: int) -> OSError:
    unit, name = (1 << 30, "GiB") if largest >= 1 << 30 else (1 << 20, "MiB")
    what = f"{size / unit:.1f} {name}; at most {largest / unit:g} {name} is read"
    return OSError(errno.EFBIG, what, str(path))


def _is_stream(path: Path, found: os.stat_result) -> bool:
    """Return whether a path means what this process has open, as ``/dev/stdout`` does."""
    if str(path).startswith(("/dev/fd/", "/proc/")):
        return True
    for number in (1, 2):
        with suppress(OSError):
            if os.path.samestat(os.fstat(number), found):
                return True
    return False


def _write_to_stream(path: Path, data: bytes) -> None:
    file = _open_stream(path)
    try:
        os.set_blocking(file, True)  # whoever reads may be slower than we are
        _write_whole(file, data)
    finally:
        os.close(file)


def _open_stream(path: Path) -> int:
    """Open what is no regular file to write to; the reader of a pipe may come a little later."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return os.open(path, os.O_WRONLY | os.O_APPEND | _QUIETLY)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            if time.monotonic() > deadline:
                what = "a pipe or a socket that nobody reads"
                raise OSError(errno.ENXIO, what, str(path)) from None
        time.sleep(0.02)


def _take_over(file: int, before: os.stat_result) -> None:
    """Give a new file the owner, where we may, and the permissions of the one it replaces."""
    with suppress(PermissionError):
        os.fchown(file, before.st_uid, before.st_gid)
    os.fchmod(file, stat.S_IMODE(before.st_mode))


def _write_whole(file: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(file, left) :]
