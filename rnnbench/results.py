"""Results files: one record per line, appended and on disk as soon as it is finished."""

from __future__ import annotations

import fcntl
import os
import signal
import time
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

from msgspec.structs import replace

from rnnbench import lines
from rnnbench.consistency import Book, Inconsistent
from rnnbench.errors import ResultsError, UsageError
from rnnbench.interruption import SIGNALS
from rnnbench.lines import Damaged, Unknown
from rnnbench.records import OLDEST, SCHEMA, AnyRecord, Run

#: The name of the results file in the folder of a run.
FILE = "results.jsonl"
#: The largest file that is read, in bytes: some thousand comparisons.
LARGEST = 1 << 30
#: How many lines of a file may be no records before it is given up.
MOST_FAULTS = 100


class Fault(NamedTuple):
    """A line that was set aside: its number, from 1, and what is wrong with it."""

    line: int
    what: str


class Contents(NamedTuple):
    """What a results file holds.

    Attributes:
        records: those that are whole and fit, the run first.
        faults: the lines that are not.
        unknown: how many records are of a kind that only later versions know.
    """

    records: list[AnyRecord]
    faults: list[Fault]
    unknown: int


def load(path: Path) -> Contents:
    """Read a results file, which may come from a stranger.

    A line that is damaged, as a crash leaves the last one, or that contradicts the plan or an
    earlier line is set aside. Nothing that the file names is opened.

    Raises:
        UsageError: if there is no run to be read: naming the file and what is wrong.
    """
    with _open(path) as file:
        book, checked, run = _begun(path, file.readline().rstrip(b"\n"))
        records: list[AnyRecord] = [run]
        faults: list[Fault] = []
        unknown = 0
        for number, line in enumerate(file, 2):
            try:
                if line.strip():
                    record = lines.decode(line.rstrip(b"\n"), checked)
                    book.enter(record)
                    records.append(record)
            except Unknown:
                unknown += 1
            except (Damaged, Inconsistent) as error:
                faults.append(Fault(number, str(error)))
            if len(faults) == MOST_FAULTS:
                what = f"{MOST_FAULTS} lines of it are no records of a run"
                raise UsageError(f"results file {path}: {what}")
    return Contents(records, faults, unknown)


def _begun(path: Path, first: bytes) -> tuple[Book, bool, Run]:
    """Return what the other lines must fit, whether they have checksums, and the first record."""
    schema = lines.schema(first)
    if schema is not None and not OLDEST <= schema <= SCHEMA:
        how = "a newer rnnbench; upgrade" if schema > SCHEMA else "an older rnnbench; take that"
        raise UsageError(f"results file {path}: written by {how} to read it")
    checked = schema is None or schema > OLDEST
    try:
        run = lines.decode(first, checked)
        if not isinstance(run, Run):
            raise Damaged("it is another record")
        return Book(run.plan), checked, run
    except (Damaged, Unknown, Inconsistent) as error:
        raise UsageError(
            f"results file {path}: it does not begin with the record of a run ({error})"
        ) from None


def read(path: Path) -> list[AnyRecord]:
    """Return the records of a file that are whole and fit; see :func:`load`."""
    return load(path).records


def _open(path: Path) -> IO[bytes]:
    """Open a results file, if it is one that can be read in reasonable time."""
    try:
        if not path.is_file():
            raise UsageError(f"results file {path}: not a regular file")
        if (size := path.stat().st_size) > LARGEST:
            raise UsageError(f"results file {path}: {size / 2**30:.1f} GiB; at most 1 GiB is read")
        return path.open("rb")
    except OSError as error:
        raise UsageError(f"results file {path}: {error.strerror or error}") from None


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
            new: it does not exist yet; else it is gone on with, after what a crash has cut off at
                its end is removed.

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
        line = lines.encode(record)
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
    """Remove what a crash has left of a last line; nothing of what was measured is in it."""
    with _open(path) as whole:
        last = (deque(whole, maxlen=1) or [b"\n"])[0]
    if last.endswith(b"\n"):
        return
    try:
        lines.decode(last)
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


def new_folder(out: Path, started: str) -> Path:
    """Create the folder of a new run, named by its start.

    Raises:
        UsageError: if it can't be written.
    """
    name = started.replace(":", "").replace("+0000", "Z").replace("-", "", 2)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for suffix in ("", *(f"-{k:02}" for k in range(2, 100))):
            with suppress(FileExistsError):  # also if another run makes it at this moment
                (out / f"{name}{suffix}").mkdir()
                return out / f"{name}{suffix}"
    except OSError as error:
        raise UsageError(f"--out {out}: {error.strerror or error}") from None
    raise UsageError(f"--out {out}: too many runs began in the same second")


def find(run: str | None, out: Path) -> Path:
    """Return the results file of a run: a name in ``out``, a path, or the newest in ``out``.

    Raises:
        UsageError: if there is none.
    """
    if run is not None:
        places = [Path(run), Path(run) / FILE, out / run / FILE]
        found = next((path for path in places if _is_file(path)), None)
        if found is None:
            raise UsageError(f"no run {run!r} in {out}: {_listed(runs(out))}")
        return found
    if not (files := runs(out)):
        raise UsageError(f"no run in {out}: rnnbench run makes one, --out says where to look")
    return files[-1]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # what can't be a name: too long, or with a zero byte
        return False


def runs(out: Path) -> list[Path]:
    """Return the results files of all runs in a folder, the oldest first.

    One that is empty was ended before it began.

    Raises:
        UsageError: if that can't be the name of a folder.
    """
    try:
        found = [path for path in out.glob(f"*/{FILE}") if path.stat().st_size]
        return sorted(found, key=lambda path: path.parent.name)
    except OSError as error:  # its name is too long, say
        raise UsageError(f"{out}: {error.strerror or error}") from None


def _listed(files: Iterable[Path]) -> str:
    names = [path.parent.name for path in files]
    return f"there are {', '.join(names[-5:])}" if names else "there are none"
