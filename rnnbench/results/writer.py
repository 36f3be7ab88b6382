"""Writing of results files: each record is on disk as soon as it is finished."""

from __future__ import annotations

import fcntl
import os
import signal
import time
from collections import deque
from pathlib import Path

from msgspec.structs import replace

from rnnbench.errors import ResultsError, UsageError
from rnnbench.results import codec
from rnnbench.results.codec import Damaged, Unknown
from rnnbench.results.reader import Contents, load, open_file
from rnnbench.schema.records import AnyRecord
from rnnbench.system.signals import SIGNALS


class Writer:
    """Appends records to a file; each is on disk when :meth:`write` returns.

    The file is locked: a second run can't write to it, and the lock ends with the process.

    Attributes:
        records: everything written, and what could not be.
        faults: the lines that were set aside.
    """

    def __init__(self, path: Path, new: bool = True) -> None:
        """Open a results file.

        Args:
            path: of the file, in a folder that exists.
            new: whether it does not exist yet; one that exists is continued, without the line that
                a crash has cut off at its end.

        Raises:
            UsageError: if another run is writing to it, or it can't be opened or read.
        """
        self.path = path
        flags = os.O_CREAT | os.O_EXCL if new else 0
        try:
            self._file = os.open(path, os.O_RDWR | os.O_APPEND | flags, 0o666)
            _lock(self._file)
            if not new:
                _mend(self._file, path)
        except BlockingIOError:
            raise UsageError(f"{path}: another run is writing to it") from None
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror or error}") from None
        self.records, self.faults, _ = Contents([], [], 0) if new else load(path)
        before = max((record.elapsed for record in self.records), default=0.0)
        self._began = time.monotonic() - before

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def write(self, record: AnyRecord) -> None:
        """Append one line, in one call.

        Raises:
            ResultsError: if it is not on disk; :attr:`records` has it all the same.
        """
        record = replace(record, elapsed=time.monotonic() - self._began)
        self.records.append(record)
        line = codec.encode(record)
        held = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)  # not between memory and disk
        try:
            if os.write(self._file, line) < len(line):
                raise OSError(0, "the disk is full")
            os.fsync(self._file)
        except OSError as error:
            raise ResultsError(f"can't write {self.path}: {error.strerror}") from error
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, held)

    def close(self) -> None:
        """Close the file, which unlocks it."""
        os.close(self._file)


def _mend(file: int, path: Path) -> None:
    """Complete or remove a last line that a crash has cut off; no whole record is lost."""
    with open_file(path) as whole:
        last = (deque(whole, maxlen=1) or [b"\n"])[0]
    if last.endswith(b"\n"):
        return
    try:
        codec.decode(last)
    except (Damaged, Unknown):
        os.ftruncate(file, os.fstat(file).st_size - len(last))
    else:  # only its end is missing
        os.write(file, b"\n")


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
