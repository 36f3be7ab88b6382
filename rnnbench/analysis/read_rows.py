"""The rows of a run that is read from a file, half of a large one by a child."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from rnnbench.analysis.row_result import RowResult
from rnnbench.analysis.row_times import MeasuredRows
from rnnbench.analysis.run_results import judged
from rnnbench.analysis.unjudged import Unjudged, unjudged
from rnnbench.results import reader
from rnnbench.results.queries import plan_of, run_of, shown_timings
from rnnbench.results.reader import Half
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.records.streaming import Streaming
from rnnbench.schema.records.timing import Timing
from rnnbench.schema.records.training import Training
from rnnbench.schema.row import Row
from rnnbench.system.halves import both, may_fork

#: The records that tell of one comparison.
OF_A_COMPARISON = (Timing, Training, Streaming)
Item = TypeVar("Item")


class Asked(msgspec.Struct, Generic[Item], frozen=True):
    """What is asked of a run.

    Attributes:
        baseline: returns what ratios are taken to, from some records of the run.
        delta: see :func:`rnnbench.analysis.run_results.row_results`; ``score_delta`` likewise.
        beside: returns what else is wanted of the records, and the measured rows, of some of its
            comparisons.
        kind: of what that is, which a child hands over as MessagePack.
    """

    baseline: Callable[[Sequence[AnyRecord]], Row | None]
    delta: float
    score_delta: float
    beside: Callable[[Sequence[AnyRecord], MeasuredRows], list[Item]]
    kind: type[Item]


class Rows(NamedTuple, Generic[Item]):
    """What was read of a run.

    Attributes:
        results: its rows.
        records: of it; those of comparisons may be left out, unless they were streamed.
        beside: what else was asked for.
        elapsed: seconds from its beginning to its last record.
    """

    results: list[RowResult]
    records: Sequence[AnyRecord]
    beside: list[Item]
    elapsed: float


class SomeRows(msgspec.Struct, Generic[Item], array_like=True):
    """What is known of some comparisons of a run.

    Attributes:
        run: which it is: its id, and when it began.
        rows: of its comparisons.
        beside: what else was asked for.
        elapsed: seconds from the beginning of the run to the last of its records.
    """

    run: tuple[str, str]
    rows: list[Unjudged]
    beside: list[Item]
    elapsed: float


def rows_of(records: Sequence[AnyRecord], asked: Asked[Item]) -> Rows[Item]:
    """Return what is asked of a run all of whose records are there."""
    return joined(records, asked, part_of(records, asked))


def part_of(records: Sequence[AnyRecord], asked: Asked[Item]) -> SomeRows[Item]:
    """Return what is asked of those comparisons of a run whose records are there."""
    run, measured = run_of(records), MeasuredRows(shown_timings(records))
    return SomeRows(
        run=(run.run, run.started),
        rows=unjudged(records, measured, asked.baseline(records)),
        beside=asked.beside(records, measured),
        elapsed=max(one.elapsed for one in records),
    )


def joined(records: Sequence[AnyRecord], asked: Asked[Item], *parts: SomeRows[Item]) -> Rows[Item]:
    """Return what is asked of a run, from all of its parts."""
    rows = [one for part in parts for one in part.rows]
    to_fastest = asked.baseline(records) is None
    return Rows(
        results=list(judged(rows, to_fastest, asked.delta, asked.score_delta)),
        records=records,
        beside=[one for part in parts for one in part.beside],
        elapsed=max(part.elapsed for part in parts),
    )


def in_halves(path: Path, asked: Asked[Item]) -> Rows[Item] | None:
    """Read a large file in two processes, half of its comparisons in each.

    None where it is to be read as a whole: if it is not large, or there can't be a second process;
    if it holds anything that somebody is to be told, or what is no part of either half; and if
    another file took its place meanwhile.

    Args:
        path: of the file.
        asked: what is wanted of it.

    Raises:
        UsageError: if there is no run to be read.
    """
    if not reader.is_large(path) or not may_fork():
        return None
    one, other = HalfOfARun(path, 0, asked), HalfOfARun(path, 1, asked)
    kind: Any = SomeRows[asked.kind] | None  # type: ignore[name-defined]
    first, second = both(one.read, other.read, kind)
    if first is None or second is None or first.run != second.run:
        return None
    records = [each for each in one.records if not isinstance(each, OF_A_COMPARISON)]
    return joined(records, asked, first, second)


class HalfOfARun(Generic[Item]):
    """Half of what a file holds.

    Attributes:
        records: that were read; they are kept with it, as it takes a while until they are gone.
    """

    def __init__(self, path: Path, half: Half, asked: Asked[Item]) -> None:
        self.path, self.half, self.asked = path, half, asked
        self.records: list[AnyRecord] = []

    def read(self) -> SomeRows[Item] | None:
        """Return what is handed over of it; None as in :func:`in_halves`."""
        found = reader.load(self.path, to_show=True, half=self.half)
        self.records = found.records
        if not found.as_written or not self.is_apart():
            return None
        return part_of(self.records, self.asked)

    def is_apart(self) -> bool:
        """Return whether all that was read of comparisons is of those that are in this half."""
        plan = plan_of(self.records)
        own = reader.keys_of(plan, self.half)
        keys = {one.key for one in self.records if isinstance(one, OF_A_COMPARISON)}
        return not plan.stream and own.issuperset(key.encode() for key in keys)
