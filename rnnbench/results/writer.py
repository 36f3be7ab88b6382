"""Writing of results files: each record is on disk as soon as it is finished."""

from __future__ import annotations

import fcntl
import os
import resource
import secrets
import signal
import time
from pathlib import Path

import msgspec
from msgspec.structs import replace

from rnnbench.errors import ResultsError, UsageError
from rnnbench.results import codec
from rnnbench.results.codec import Damaged, Unknown
from rnnbench.results.consistency import Inconsistent, Ledger
from rnnbench.results.reader import BEGINNING, LARGEST, Contents, Reading
from rnnbench.schema.json_faults import UNREADABLE
from rnnbench.schema.records.beginning import Run
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.system.io.files import check_size, is_in_place, open_to_append
from rnnbench.system.processes import own_files
from rnnbench.system.processes.signals import SIGNALS

#: Bytes of the last line by which it is known again.
LAST = 64


class Writer:
    """Appends records to a file; each is on disk when :meth:`write` returns.

    The file is locked: a second run can't write to it, and the lock ends with the process. Nothing
    of a file is changed before its first append.

    Attributes:
        path: of the file.
        records: everything written, and what could not be.
        contents: what an earlier process has written, and what of it is set aside.
        strange: how many bytes somebody else has written to the file since.
    """

    def __init__(self, path: Path, new: bool = True) -> None:
        """Open a results file.

        Args:
            path: of the file, in a folder that exists.
            new: it does not exist yet; else it is gone on with.

        Raises:
            UsageError: if another run is writing to it, it can't be opened, is a link, or is no
                results file; it is as it was.
        """
        self.path = path
        self.contents = Contents([], [])
        self._ledger: Ledger | None = None
        self._run = secrets.token_hex(8)
        self._end = 0  # of what is whole, in bytes
        self._torn = 0  # bytes after it that a crash has left of a line
        self._unended = False  # whether the last line lacks its end
        self.strange = 0
        self._last = b""  # the end of what was written last, which stands where it was written
        self._moved = False
        try:
            self._file = open_to_append(path, os.O_CREAT | os.O_EXCL if new else 0)
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror or error}") from None
        own_files.keep(self._file)
        try:
            _lock(self._file)
            if not new:
                self._judge()
        except BlockingIOError:
            self.close()
            raise UsageError(f"{path}: another run is writing to it") from None
        except OSError as error:
            self.close()
            raise UsageError(f"results file {path}: {error.strerror or error}") from None
        except BaseException:
            self.close()
            raise
        self.records = list(self.contents.records)
        self._watched = is_in_place(path, self._file)  # not where a file has another name each time
        before = max((record.elapsed for record in self.records), default=0.0)
        self._began = time.monotonic() - before

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def write(self, record: AnyRecord) -> None:
        """Append one line, in one call.

        Raises:
            ResultsError: if it is not on disk, or the file is gone; :attr:`records` has it all the
                same. Or if it could not be read again; then nothing has it.
        """
        record = replace(record, run=self._run, elapsed=time.monotonic() - self._began)
        line = self._readable(record)
        self.records.append(record)
        held = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)  # not between memory and disk
        try:
            self._append(line)
        except OSError as error:
            raise ResultsError(f"can't write {self.path}: {error.strerror}") from error
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, held)
        self.check_in_place()

    def check_in_place(self) -> None:
        """Notice a file that is gone, or of which something is.

        Raises:
            ResultsError: if it was removed, moved, replaced, unmounted or cut off.
        """
        if self.loss:
            raise ResultsError(self.loss)

    @property
    def loss(self) -> str | None:
        """What has become of a file that no longer is where it was written, None if it is."""
        if self._watched and not is_in_place(self.path, self._file):
            return f"{self.path} is gone: removed, moved, replaced or unmounted during the run"
        size = os.fstat(self._file).st_size
        if size < self._end:
            return f"{self.path} was cut off by somebody else during the run"
        if self._moved:
            return f"{self.path} was written anew by somebody else during the run"
        if size > LARGEST:
            return f"{self.path} has become too large to be read, by somebody else"
        return None

    def close(self) -> None:
        """Close the file, which unlocks it."""
        own_files.forget(self._file)
        os.close(self._file)

    def _judge(self) -> None:
        """Read what is there, through the descriptor that is appended to.

        A last line that a crash has cut off is removed before the first append; nothing of what was
        measured is in it. What does not even begin as a record stays, as does a whole record that
        lacks its end alone.

        Raises:
            OSError: if the file can't be read, or is too large.
            UsageError: if it is no results file.
        """
        check_size(self.path, self._file, LARGEST)
        with open(self._file, "rb", closefd=False) as file:
            found = Reading(self.path, file)
        self.contents = found.contents
        self._ledger, self._run = found.ledger, found.ledger.run
        self._end, self._unended = found.size, found.unended
        if is_torn(found.damaged_end):
            self._torn, self._unended = len(found.damaged_end), False
            self._end -= self._torn
            if not self.contents.untold:
                self.contents.faults.pop()  # it will be gone

    def _readable(self, record: AnyRecord) -> bytes:
        """Return the line of a record, which was decoded again and fits what was written.

        Raises:
            ResultsError: if it could not be read; nothing is written then.
        """
        try:
            line = codec.encode(record)
            again = codec.decode(line[:-1])
            if again != record:
                raise Damaged("it would be read as another record")
            if self._ledger is not None:
                self._ledger.enter(again)
            elif isinstance(again, Run):
                self._ledger = Ledger(again)
        except (Damaged, Unknown, Inconsistent, TypeError, ValueError, OverflowError) as error:
            what = type(record).__name__.lower()
            raise ResultsError(f"a {what} can't be written to {self.path}: {error}") from error
        return line

    def _append(self, line: bytes) -> None:
        if self._torn:
            os.ftruncate(self._file, self._end)
        self._meet_strange()
        if self._unended:
            line = b"\n" + line
        self._torn, self._unended = 0, False
        if os.write(self._file, line) < len(line):
            raise OSError(0, no_room(self._end + len(line)))
        os.fsync(self._file)
        self._end, self._last = self._end + len(line), line[-LAST:]

    def _meet_strange(self) -> None:
        """Notice what somebody else has written since; it stays, on lines of its own."""
        size = os.fstat(self._file).st_size
        self._moved = (
            os.pread(self._file, len(self._last), self._end - len(self._last)) != self._last
        )
        if size > self._end:
            self.strange += size - self._end
            self._unended = os.pread(self._file, 1, size - 1) != b"\n"
            self._end = size


def no_room(size: int) -> str:
    """Return why a file could not grow to so many bytes."""
    most, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
    limited = most != resource.RLIM_INFINITY and size > most
    return "it may not grow beyond the limit of ulimit -f" if limited else "the disk is full"


def is_torn(line: bytes) -> bool:
    """Return whether a damaged last line is the beginning of a record, and no more than that.

    What else stands at the end of a file is somebody's, and stays. A crash can leave zero bytes.
    """
    start = line.strip(b"\0")
    if not line or not start.startswith(BEGINNING[: len(start)]):
        return False
    try:
        msgspec.json.decode(start)
    except UNREADABLE:
        return True
    return False


def _lock(file: int) -> None:
    """Lock a file for this process.

    Raises:
        BlockingIOError: if another process has locked it.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:  # some network file systems have no locks
        return
