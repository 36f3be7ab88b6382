"""Reading of results files, which may come from a stranger."""

from __future__ import annotations

from pathlib import Path
from typing import IO, NamedTuple

from rnnbench.errors import UsageError
from rnnbench.results import codec
from rnnbench.results.codec import Damaged, Unknown
from rnnbench.results.consistency import Inconsistent, Ledger
from rnnbench.schema.records import OLDEST, SCHEMA, AnyRecord, Run

#: The largest file that is read, in bytes: some thousand comparisons.
LARGEST = 1 << 30
#: The most lines without a record in a file that is read.
MOST_FAULTS = 100


class Fault(NamedTuple):
    """A line that was set aside: its number, from 1, and what is wrong with it."""

    line: int
    what: str


class Contents(NamedTuple):
    """The contents of a results file.

    Attributes:
        records: those that are whole and consistent, the run first.
        faults: the lines that were set aside.
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
    with open_file(path) as file:
        ledger, checked, run = _read_first(path, file.readline().rstrip(b"\n"))
        records: list[AnyRecord] = [run]
        faults: list[Fault] = []
        unknown = 0
        for number, line in enumerate(file, 2):
            try:
                if line.strip():
                    record = codec.decode(line.rstrip(b"\n"), checked)
                    ledger.enter(record)
                    records.append(record)
            except Unknown:
                unknown += 1
            except (Damaged, Inconsistent) as error:
                faults.append(Fault(number, str(error)))
            if len(faults) == MOST_FAULTS:
                what = f"{MOST_FAULTS} lines of it are no records of a run"
                raise UsageError(f"results file {path}: {what}")
    return Contents(records, faults, unknown)


def _read_first(path: Path, first: bytes) -> tuple[Ledger, bool, Run]:
    """Return a ledger for the other lines, whether they have checksums, and the first record."""
    schema = codec.schema_of(first)
    if schema is not None and not OLDEST <= schema <= SCHEMA:
        how = "a newer rnnbench; upgrade" if schema > SCHEMA else "an older rnnbench; take that"
        raise UsageError(f"results file {path}: written by {how} to read it")
    checked = schema is None or schema > OLDEST
    try:
        run = codec.decode(first, checked)
        if not isinstance(run, Run):
            raise Damaged("it is another record")
        return Ledger(run.plan), checked, run
    except (Damaged, Unknown, Inconsistent) as error:
        raise UsageError(
            f"results file {path}: it does not begin with the record of a run ({error})"
        ) from None


def read(path: Path) -> list[AnyRecord]:
    """Return the records of a file that are whole and consistent; see :func:`load`."""
    return load(path).records


def open_file(path: Path) -> IO[bytes]:
    """Open a results file for reading.

    Raises:
        UsageError: if it is no regular file, too large, or can't be read.
    """
    try:
        if not path.is_file():
            raise UsageError(f"results file {path}: not a regular file")
        if (size := path.stat().st_size) > LARGEST:
            raise UsageError(f"results file {path}: {size / 2**30:.1f} GiB; at most 1 GiB is read")
        return path.open("rb")
    except OSError as error:
        raise UsageError(f"results file {path}: {error.strerror or error}") from None
