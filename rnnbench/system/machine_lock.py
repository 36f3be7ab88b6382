"""One who measures at a time on a machine: a lock that ends with the process that holds it.

It is a lock of the kernel (``flock``) on a file that all users of the machine share, so nothing is
left to clean up after a kill. The file says who holds it. Containers share it where they share its
folder; a machine on which it can't be had is measured on without.
"""

from __future__ import annotations

import datetime
import fcntl
import os
import stat
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from rnnbench.system.processes import own_files
from rnnbench.text import plain

#: The variable that names another file: one that containers share, or one of each test.
VARIABLE = "RNNBENCH_LOCK"
#: Everybody's on every Unix; TMPDIR is the user's own.
FILE = "/tmp/rnnbench.lock"
#: Characters of the words of the holder, who may be a stranger.
MOST_WORDS = 300
_FLAGS = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # no worker inherits it


class MachineLock:
    """The lock of this machine, held from :meth:`acquire` to the end of a ``with`` block."""

    def __init__(self, path: str | None = None) -> None:
        """Take nothing yet.

        Args:
            path: of the file; :data:`VARIABLE` or :data:`FILE` says it where it is None.
        """
        self.path = Path(path or os.environ.get(VARIABLE) or FILE)
        self._descriptor: int | None = None

    def __enter__(self) -> MachineLock:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._descriptor is not None:
            own_files.forget(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = None

    def acquire(self, words: str) -> bool:
        """Take the lock if it is free, and say who has it.

        Args:
            words: what the holder runs, for whoever waits.

        Returns:
            False if somebody else has it.

        Raises:
            OSError: if there is no such file, and none can be made.
        """
        if self._descriptor is None:
            self._descriptor = self._open()
            own_files.keep(self._descriptor)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        with suppress(OSError):  # the file of a user who does not let others write
            since = datetime.datetime.now(datetime.UTC).strftime("%H:%M UTC")
            os.ftruncate(self._descriptor, 0)
            told = f"{plain(words)[:MOST_WORDS]} (process {os.getpid()}, since {since})"
            os.pwrite(self._descriptor, told.encode(errors="replace"), 0)
        return True

    def holder(self) -> str:
        """Return who has the lock, in the holder's own words."""
        words = ""
        if self._descriptor is not None:
            with suppress(OSError):
                words = os.pread(self._descriptor, 4 * MOST_WORDS, 0).decode(errors="replace")
        return plain(words)[: MOST_WORDS + 60] or "another rnnbench"

    def _open(self) -> int:
        """Open the file, make it if need be; that of another user may be readable alone."""
        for flags in (os.O_RDWR, os.O_RDONLY, os.O_RDWR | os.O_CREAT | os.O_EXCL, os.O_RDWR):
            # Linux refuses to create what is there and another's, so that comes last.
            try:
                descriptor = os.open(self.path, flags | _FLAGS, 0o666)
            except (FileNotFoundError, FileExistsError, PermissionError) as error:
                refused = error
                continue
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                os.close(descriptor)
                raise OSError(None, "it is no regular file", str(self.path))
            if flags & os.O_CREAT:
                with suppress(OSError):
                    os.fchmod(descriptor, 0o666)  # whatever the umask
            return descriptor
        raise refused
