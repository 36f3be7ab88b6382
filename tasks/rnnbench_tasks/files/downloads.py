"""Files fetched from the network: over HTTPS alone, of a known size and SHA-256, kept in a cache.

A file is never an archive: nothing that is fetched is unpacked.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

from rnnbench import UsageError

if TYPE_CHECKING:
    import requests

#: Seconds without a byte after which a server is given up, and those of a whole download: fewer
#: than the 600 after which a run, by default, gives up who is asked, and says less of why.
TIMEOUT, LONGEST = 30, 500
#: The names that pooch's temporary files have.
TEMPORARY = re.compile(r"tmp[a-z0-9_]{8}")


class Source(NamedTuple):
    """A file on the network.

    Attributes:
        url: where it is.
        name: of the file in the cache.
        size: in bytes; a download that goes on beyond them is ended.
        sha256: of its content, as hexadecimal digits.
    """

    url: str
    name: str
    size: int
    sha256: str


def fetch(source: Source, otherwise: str) -> Path:
    """Return a file of the user's cache, downloading it where it is not there.

    Its SHA-256 is checked whenever it is used; a download has another name until it is whole and
    its SHA-256 the right one.

    Args:
        source: the file.
        otherwise: what a user can do beside saving it by hand.

    Raises:
        UsageError: if it is not there and can't be fetched.
    """
    import pooch

    cache = Path(pooch.os_cache("rnnbench"))
    by_hand = f"save it by hand as {cache / source.name}, or {otherwise}"
    _check_cached(cache / source.name, source, otherwise)
    pooch.get_logger().setLevel("WARNING")  # it announces each download on the terminal
    save = partial(_save, size=source.size)
    try:
        with _shared(cache):
            found = pooch.retrieve(source.url, source.sha256, source.name, cache, downloader=save)
        return Path(found)
    except OSError as error:  # the disk's, and all of the network's
        raise UsageError(f"can't fetch {source.url} ({_why(error)}): {by_hand}") from error
    except ValueError as error:
        raise UsageError(
            f"{source.url} returned another file than the one with SHA-256 {source.sha256}: "
            f"{by_hand}"
        ) from error


def _check_cached(file: Path, source: Source, otherwise: str) -> None:
    """Refuse what stands where the file should be and can't be read to the end to see what it is.

    Raises:
        UsageError: if it is no regular file, or larger than the file should be.
    """
    try:
        found = file.stat()
    except OSError:  # most often it is not there
        return
    if not stat.S_ISREG(found.st_mode) or found.st_size > source.size:
        what = "larger" if stat.S_ISREG(found.st_mode) else "no regular file"
        raise UsageError(f"{file} is not {source.url} but {what}: remove it, or {otherwise}")


@contextmanager
def _shared(cache: Path) -> Iterator[None]:
    """Download within a ``with`` block; where nobody else does, what was left half-way is removed.

    Raises:
        OSError: if the cache can't be made or looked at.
    """
    cache.mkdir(parents=True, exist_ok=True)
    folder = os.open(cache, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with suppress(OSError):  # somebody downloads, or there are no locks here
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove_leftovers(cache)
        with suppress(OSError):
            fcntl.flock(folder, fcntl.LOCK_SH | fcntl.LOCK_NB)
        yield
    finally:
        os.close(folder)


def _remove_leftovers(cache: Path) -> None:
    """Remove the temporary files of processes that were killed while they downloaded."""
    with os.scandir(cache) as found:
        for entry in found:
            if TEMPORARY.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                Path(entry.path).unlink()


def _save(url: str, file: str, _: object, size: int) -> None:
    """Save what is at an address in a temporary file of pooch's.

    Raises:
        OSError: if it can't be fetched over HTTPS, or not in :data:`LONGEST` seconds, or has more
            than ``size`` bytes.
    """
    _in_time(LONGEST, partial(_download, url, file, size))


def _in_time(seconds: float, act: Callable[[], None]) -> None:
    """Do something in a thread of its own, which is left alone when its time is up.

    A server that sends a byte now and then keeps every single wait short, those for its headers
    and its handshake too; only somebody else can look at the clock.

    Raises:
        OSError: if it is not done in time, or what it raises itself.
    """
    done: SimpleQueue[Exception | None] = SimpleQueue()

    def attempt() -> None:
        try:
            act()
        except Exception as error:  # handed on to who waits
            done.put(error)
        else:
            done.put(None)

    Thread(target=attempt, daemon=True).start()
    try:
        error = done.get(timeout=seconds)
    except Empty:
        raise OSError(errno.ETIMEDOUT, f"it was not there in {seconds:g} seconds") from None
    if error:
        raise error


def _download(url: str, file: str, size: int) -> None:
    with (
        Path(file).open("r+b") as out,  # whoever comes too late finds none, and makes none
        _https() as session,
        session.get(url, stream=True, timeout=TIMEOUT) as response,
    ):
        response.raise_for_status()
        for chunk in response.iter_content(1 << 16):
            if out.tell() + len(chunk) > size:
                raise OSError(errno.EFBIG, f"it is larger than the {size} bytes it should have")
            out.write(chunk)


def _https() -> requests.Session:
    """Return a session that has nothing but HTTPS, so that no redirect leads out of it."""
    import requests

    session = requests.Session()
    del session.adapters["http://"]
    session.headers["Accept-Encoding"] = "identity"  # the size is that of what is sent
    return session


def _why(error: OSError) -> str:
    """Return in a few words why a download failed."""
    from requests.exceptions import ChunkedEncodingError, HTTPError, InvalidSchema

    match error:
        case InvalidSchema():
            return "it leads elsewhere than to HTTPS"
        case HTTPError(response=response) if response is not None:
            return f"HTTP {response.status_code}"
        case ChunkedEncodingError():
            return "it broke off"
    return error.strerror or type(error).__name__
