"""Agreement of the records of a file with its plan, and with each other.

A file may come from a stranger, or have been edited. Everything that tables rely on is checked.
"""

from __future__ import annotations

from typing import Any

from rnnbench.schema.records.beginning import Run, Worker
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.records.peak import Peak
from rnnbench.schema.records.streaming import Streaming
from rnnbench.schema.records.timing import ProcessTiming, RowTiming, Timing
from rnnbench.schema.records.training import Training
from rnnbench.schema.row import Row
from rnnbench.schema.sample import Sample
from rnnbench.schema.status import MEASURED, RETRIED


class Inconsistent(ValueError):
    """A record that contradicts the plan or an earlier record; the message says how."""


class Ledger:
    """The records of a file so far; one that contradicts them is refused.

    Attributes:
        plan: of the file's first record.
        planned: its comparisons, by key.
        timed: the keys of the comparisons with a complete timing of which no row failed.
        trained: the key, row and seed of each training that did not fail; others may follow again.
    """

    def __init__(self, run: Run) -> None:
        """Begin without a record.

        Args:
            run: the file's first record.

        Raises:
            Inconsistent: if its plan contradicts itself.
        """
        self.run = run.run
        self.plan = plan = run.plan
        self.planned = plan.by_key
        self.timed: set[str] = set()
        self.trained: set[tuple[str, Row, int]] = set()
        self._rows, self._seeds = frozenset(plan.rows), frozenset(plan.seeds)
        self._places = {row.place for row in plan.rows}
        if not plan.rows or len(self._rows) < len(plan.rows):
            raise Inconsistent("its plan has no rows, or one of them twice")
        if len(self.planned) < len(plan.comparisons):
            raise Inconsistent("its plan has a comparison twice")

    def enter(self, record: AnyRecord) -> None:
        """Add a record.

        Raises:
            Inconsistent: if it does not fit.
        """
        if record.run != self.run:
            raise Inconsistent(f"it belongs to another run {record.run}".rstrip())
        match record:  # what there is most of comes first
            case Training():
                self._enter_training(record)
            case Timing():
                self._enter_timing(record)
            case Streaming():
                self._enter_streaming(record)
            case Worker():
                self._require(record.row in self._rows, "row", record.row)
                self._require(record.process < self.plan.processes, "process", record.process)
            case Peak():
                self._require(record.backend in self._places, "backend", record.backend)
            case Run():
                raise Inconsistent("a second run in one file")

    def _enter_timing(self, record: Timing) -> None:
        self._require(record.key in self.planned, "comparison", record.key)
        if record.comparison != self.planned[record.key].comparison:
            raise Inconsistent(f"comparison {record.key} is another one in the plan")
        rows = [row.row for row in record.rows]
        if len(rows) != len(self._rows) or self._rows != set(rows):
            raise Inconsistent("its rows are not those of the plan")
        for row in record.rows:
            self._check_data(record.key, row.data_hash)
            self._check_measured(row, len(record.rounds))
        if record.key in self.timed:
            raise Inconsistent(f"comparison {record.key} was timed before")
        if record.complete and not any(row.status in RETRIED for row in record.rows):
            self.timed.add(record.key)

    def _enter_streaming(self, record: Streaming) -> None:
        self._require(record.key in self.planned, "comparison", record.key)
        if record.comparison != self.planned[record.key].comparison:
            raise Inconsistent(f"comparison {record.key} is another one in the plan")
        if [row.row for row in record.rows] != self.plan.rows:
            raise Inconsistent("its rows are not those of the plan")
        for row in record.rows:
            if row.status == "ok" and len(row.processes) != self.plan.processes:
                raise Inconsistent(
                    f"{row.row} has {len(row.processes)} of {self.plan.processes} processes"
                )
            for turns in row.processes:
                if len(turns) != len(record.rounds):
                    raise Inconsistent(f"{row.row} has {len(turns)} of {len(record.rounds)} rounds")

    def _enter_training(self, record: Training) -> None:
        self._require(record.key in self.planned, "comparison", record.key)
        self._require(record.row in self._rows, "row", record.row)
        self._require(record.seed in self._seeds, "seed", record.seed)
        self._check_data(record.key, record.data_hash)
        needs_curve = self.planned[record.key].comparison.steps > 0
        if record.status == "ok" and (record.score is None or (needs_curve and not record.curve)):
            raise Inconsistent("a training that is ok has a curve and a score")
        training = (record.key, record.row, record.seed)
        if training in self.trained:
            raise Inconsistent(f"{record.row} was trained with seed {record.seed} before")
        if record.status not in RETRIED:
            self.trained.add(training)

    def _require(self, is_planned: bool, kind: str, which: Any) -> None:
        if not is_planned:
            raise Inconsistent(f"{kind} {which} is not in the plan of the run")

    def _check_data(self, key: str, used: str | None) -> None:
        """Refuse what is of other data than the plan's; before there was a hash, it is none."""
        if used is not None and used != self.planned[key].data_hash:
            raise Inconsistent(f"its data are not those of comparison {key} in the plan")

    def _check_measured(self, row: RowTiming, rounds: int) -> None:
        """Refuse a row that is measured by its status and lacks samples."""
        if row.status not in MEASURED:
            return
        if len(row.processes) != self.plan.processes or not rounds:
            raise Inconsistent(f"{row.row} is {row.status} and lacks processes or rounds")
        if row.steady_from >= rounds:
            raise Inconsistent(f"{row.row} is steady from a round on that there is not")
        for process in row.processes:
            if {len(samples) for samples in sample_lists(process)} != {rounds}:
                raise Inconsistent(f"{row.row} has not one sample per round")


def sample_lists(process: ProcessTiming) -> list[list[Sample]]:
    """Return the lists of samples of a process that were read."""
    lists = (process.steps, process.forwards, process.first_steps, process.first_forwards)
    return [each for each in lists if isinstance(each, list)]
