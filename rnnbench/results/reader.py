"""Reading a results file, which may come from a stranger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from rnnbench.errors import UsageError
from rnnbench.results import codec
from rnnbench.results.codec import Damaged, Unknown
from rnnbench.results.consistency import Inconsistent, Ledger
from rnnbench.results.lines import LINE_ENDS, changes, content, is_as_written, whole_lines
from rnnbench.schema.plan import Plan
from rnnbench.schema.records.beginning import Run
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.records.record import OLDEST, SCHEMA
from rnnbench.system.io.files import open_to_read
from rnnbench.system.io.texts import other_encoding
from rnnbench.text import many

#: The largest file that is read, in bytes: some thousand comparisons.
LARGEST = 1 << 30
#: From so many bytes on it takes a second or more to read one.
LARGE = 4 << 20
#: How many of the lines that are set aside are told one by one.
MOST_TOLD = 100
#: How a line begins that is one of ours, at least as far as one can tell.
BEGINNING = b'{"record":"'
#: What the end of a line has from schema 3 on.
CHECKSUM = b'"crc32":"'
#: Of which comparison a line is, as far as one can tell without reading it.
KEY = re.compile(rb'"key":"(\w+)"')
#: The comparisons that a plan has first, or those that follow.
Half = Literal[0, 1]


class Fault(NamedTuple):
    """A line that was set aside: its number, from 1, and what is wrong with it."""

    line: int
    what: str


class Contents(NamedTuple):
    """What a results file holds.

    Attributes:
        records: those that are whole and fit, the run first.
        faults: the lines that are not; of many, the first :data:`MOST_TOLD`.
        unknown: how many records are of a kind that only later versions know.
        untold: how many more lines were set aside.
        changes: what else wrote to it has done to the text, in words; see
            :mod:`rnnbench.system.io.texts`.
    """

    records: list[AnyRecord]
    faults: list[Fault]
    unknown: int = 0
    untold: int = 0
    changes: tuple[str, ...] = ()

    @property
    def as_written(self) -> bool:
        """Whether there is nothing in it that somebody is to be told."""
        return not (self.faults or self.unknown or self.changes)


class Reading:
    """Takes the lines of a results file one by one.

    Attributes:
        path: of the file, for errors.
        to_show: whether only what tables show is wanted.
        passed_over: the keys of comparisons whose lines are not read.
        ledger: what has been read so far, and what may still follow.
        records: those that are whole and fit.
        faults: the first of the lines that are not.
        unknown: how many records are of a kind that only later versions know.
        set_aside: how many lines were set aside, all together.
        size: of the file, in bytes.
        unended: whether its last line has no end.
        damaged_end: that line, if it is no whole record, either.
    """

    def __init__(
        self, path: Path, file: BinaryIO, to_show: bool = False, half: Half | None = None
    ) -> None:
        """Read a file to its end.

        Args:
            path: of the file, for errors.
            file: open, at its beginning.
            to_show: whether only what tables show is wanted.
            half: of which comparisons, None for all.

        Raises:
            UsageError: if it is no results file, naming it and what is wrong.
        """
        self.path, self.to_show = path, to_show
        self.faults: list[Fault] = []
        self.unknown = self.set_aside = 0
        self.damaged_end = b""
        self._changes: dict[str, None] = {}
        lines = whole_lines(file)
        first = line = next(lines, b"")
        self.size = len(first)
        self._changes.update(dict.fromkeys(changes(first)))
        run = self._begin(content(first))
        self.records: list[AnyRecord] = [run]
        other: Half = 0 if half else 1
        self.passed_over = frozenset() if half is None else keys_of(run.plan, other)
        for number, line in enumerate(lines, 2):
            self.size += len(line)
            if not is_as_written(line):
                self._changes.update(dict.fromkeys(changes(line)))
            self._take(number, line)
        self.unended = not line.endswith(LINE_ENDS)

    @property
    def contents(self) -> Contents:
        """What the file holds."""
        untold = self.set_aside - len(self.faults)
        return Contents(self.records, self.faults, self.unknown, untold, tuple(self._changes))

    def _begin(self, first: bytes) -> Run:
        """Return the first record, which says what the other lines must fit."""
        if encoding := other_encoding(first):
            raise UsageError(f"results file {self.path}: it is {encoding}: convert it to UTF-8")
        schema = codec.schema_of(first)
        if schema is not None and not OLDEST <= schema <= SCHEMA:
            how = "a newer rnnbench; upgrade" if schema > SCHEMA else "an older rnnbench; take that"
            raise UsageError(f"results file {self.path}: written by {how} to read it")
        self.checked = schema is None or schema > OLDEST
        try:
            run = codec.decode(first, self.checked)
            if not isinstance(run, Run):
                raise Damaged("it is another record")
            self.ledger = Ledger(run)
        except (Damaged, Unknown, Inconsistent) as error:
            if other := of_another_command(first):
                raise UsageError(f"{self.path}: this is no results file but {other}") from None
            raise UsageError(
                f"results file {self.path}: it does not begin with the record of a run ({error})"
            ) from None
        return run

    def _take(self, number: int, line: bytes) -> None:
        """Read a line; one that is damaged or does not fit is set aside."""
        if self.passed_over and (key := KEY.search(line)) and key[1] in self.passed_over:
            return
        try:
            if (own := content(line)).strip():
                record = codec.decode(own, self.checked, self.to_show)
                self.ledger.enter(record)
                self.records.append(record)
        except Unknown:
            self.unknown += 1
        except Inconsistent as error:
            self._set_aside(number, error)
        except Damaged as error:
            self._set_aside(number, error)
            if not line.endswith(LINE_ENDS):
                self.damaged_end = line

    def _set_aside(self, number: int, why: Inconsistent | Damaged) -> None:
        self.set_aside += 1
        if len(self.faults) < MOST_TOLD:
            self.faults.append(Fault(number, str(why)))


def keys_of(plan: Plan, half: Half) -> frozenset[bytes]:
    """Return the keys of half of a plan's comparisons, as they stand in lines."""
    keys = [key.encode() for key in plan.by_key]
    middle = len(keys) // 2
    return frozenset(keys[middle:] if half else keys[:middle])


def load(path: Path, to_show: bool = False, half: Half | None = None) -> Contents:
    """Read a results file, which may come from a stranger.

    A line that is damaged, as a crash leaves the last one, that belongs to another run or that
    contradicts the plan or an earlier line is set aside. Nothing that the file names is opened.

    Args:
        path: of the file.
        to_show: whether only what tables show is wanted, as :mod:`rnnbench.results.shown_records`
            has it.
        half: whether only what is of half of the comparisons, or of none, is wanted.

    Raises:
        UsageError: if there is no run to be read: naming the file and what is wrong.
    """
    try:
        with open_to_read(path, LARGEST) as file:
            return Reading(path, file, to_show, half).contents
    except OSError as error:
        raise UsageError(f"results file {path}: {error.strerror or error}") from None


def is_large(path: Path) -> bool:
    """Return whether a file takes a second or more to read."""
    try:
        return path.stat().st_size >= LARGE
    except OSError:
        return False  # why it can't be read, is told by who tries


def read(path: Path) -> list[AnyRecord]:
    """Return the records of a file that are whole and fit; see :func:`load`."""
    return load(path).records


def set_aside(path: Path, found: Contents) -> Iterator[str]:
    """Yield what is to be told of a file: each line that was set aside, and what has become of it.

    Of many lines the first are told one by one.
    """
    if found.changes:
        yield f"{path}: {' and '.join(found.changes)}; something has rewritten it"
    for fault in found.faults:
        yield f"{path}, line {fault.line} is set aside: {fault.what}"
    if found.untold:
        yield f"{path}: {many(found.untold, 'more line')} set aside"
    if found.unknown:
        yield f"{path}: {many(found.unknown, 'record')} of a newer rnnbench left out"


def is_results_file(path: Path) -> bool:
    """Return whether a path names a file with lines of a run, damaged or not."""
    try:
        with open_to_read(path, 1 << 62) as file:
            beginning = file.read(1 << 20)
            return BEGINNING in beginning or CHECKSUM in beginning
    except OSError:
        return False


def of_another_command(begins: bytes) -> str | None:
    """Return what else a file is that begins so, None if it is nothing that we write."""
    if begins.startswith(b'{"rnnbench":"gradient-flow"'):
        return "gradient flow, of which rnnbench plot --kind gradient-flow makes a picture"
    if b'"__metadata__"' in begins[8:32]:
        return "weights, which rnnbench generate, rnnbench stream and rnnbench run --weights take"
    return None
