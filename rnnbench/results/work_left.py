"""The work of a plan that earlier records do not cover yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rnnbench.results.queries import peaks, timings, trainings
from rnnbench.schema.comparison import Comparison
from rnnbench.schema.plan import Plan, Planned
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.records.timing import Timing
from rnnbench.schema.records.training import Training
from rnnbench.schema.row import Row
from rnnbench.schema.status import FAILURES, MEASURED, RETRIED, Status

#: Seconds of timing, in all, of a run that is tried rather than believed.
BRIEF = 1.0
#: Seconds of timing between two moments at which matrix products are measured.
APART = 20.0


class Stage(NamedTuple):
    """A stage of a run.

    Attributes:
        kind: what is done: ``starting``, ``checking``, ``preparing`` ...
        key: of the comparison it belongs to, empty for none.
        row: whose it is, None where it is no single row's.
        most: seconds that it takes at most, where the plan says so.
        steps: of a training.
    """

    kind: str
    key: str = ""
    row: Row | None = None
    most: float | None = None
    steps: int = 0


class Remaining:
    """What is left to do of a plan: timings, trainings and matrix products.

    Attributes:
        plan: the whole plan.
    """

    def __init__(
        self, plan: Plan, records: Iterable[AnyRecord] = (), retry_failed: bool = False
    ) -> None:
        """Compare a plan with what is done.

        Args:
            plan: the whole plan.
            records: of the same run, or taken over from others.
            retry_failed: whether what has failed is left to do again: a training, or a comparison
                with all its rows, as they are timed together.
        """
        self.plan = plan
        found = list(records)
        ends = {(one.key, row.row): row.status for one in timings(found) for row in one.rows}
        self._timed = {
            timing.key: timing
            for timing in timings(found)
            if timing.complete and not (retry_failed and has_failed(timing))
        }
        self._trained = {
            (one.key, one.row, one.seed)
            for one in trainings(found)
            if not (retry_failed and can_be_retried(one, ends.get((one.key, one.row))))
        }
        self._products = {(one.backend, one.device, one.dtype) for one in peaks(found)}

    def timing(self, planned: Planned) -> Timing | None:
        """Return the timing of a comparison that is there already, None if it is left to do."""
        return self._timed.get(planned.comparison.key)

    def is_to_time(self, planned: Planned) -> bool:
        """Return whether a comparison is left to time: another part may do that."""
        timed_here = self.plan.part is None or self.plan.part.timed
        return timed_here and self.timing(planned) is None

    def trainings(self, planned: Planned) -> Iterator[tuple[Row, int]]:
        """Yield the rows and seeds that are left to train in a comparison."""
        if not is_scored(planned.comparison):
            return
        for row in self.plan.rows:
            for seed in self.plan.seeds:
                if (planned.comparison.key, row, seed) not in self._trained:
                    yield row, seed

    @property
    def comparisons(self) -> list[Planned]:
        """The comparisons in which anything is left to do."""
        return [
            planned
            for planned in self.plan.comparisons
            if self.is_to_time(planned) or any(self.trainings(planned))
        ]

    def products(self, backends: Iterable[str]) -> list[tuple[str, str, str]]:
        """Return the matrix products to measure, as backend, device and dtype.

        Those that were measured before are measured again beside what is left.

        Args:
            backends: those whose workers have started, as :attr:`Row.place` names them.
        """
        places = {(p.comparison.device, p.comparison.dtype) for p in self.plan.comparisons}
        return [(backend, *place) for backend in backends for place in places]

    @property
    def nothing(self) -> bool:
        """Whether nothing is left; of matrix products, those of the rows that were measured."""
        measured = {
            (row.row.place, timing.comparison.device, timing.comparison.dtype)
            for timing in self._timed.values()
            for row in timing.rows
            if row.status in MEASURED
        }
        return not self.comparisons and (self.tried or measured <= self._products)

    @property
    def tried(self) -> bool:
        """Whether the whole plan takes so little time that no peak could be told from products."""
        return sum(one.max_time for one in self.plan.comparisons) < BRIEF

    @property
    def max_times(self) -> list[float]:
        """The seconds that each timing that is left takes at most."""
        return [one.max_time for one in self.plan.comparisons if self.is_to_time(one)]

    @property
    def brief(self) -> bool:
        """Whether so little is left to time that nothing beside it is worth its seconds."""
        return sum(self.max_times) < BRIEF

    @property
    def moments(self) -> frozenset[str]:
        """The comparisons, by key, before which matrix products are measured as well as at the end.

        The first one, and others :data:`APART`, as the speed of a machine shifts.
        """
        found, since = set(), APART
        for planned in () if self.brief else self.comparisons:
            if since >= APART:
                found.add(planned.comparison.key)
                since = 0.0
            if self.is_to_time(planned):
                since += planned.max_time
        return frozenset(found)

    @property
    def stages(self) -> list[Stage]:
        """What is left to be done, in order: the stages of a run.

        Starting workers and proving rows; of each comparison preparing each process, timing and
        each training; measuring products, which is done at some moments more.
        """
        moments = self.moments
        own = [
            stage
            for planned in self.comparisons
            for stage in self._stages(planned, planned.comparison.key in moments)
        ]
        products = [] if self.tried else [Stage("measuring")]
        return [Stage("starting"), Stage("checking"), *own, *products]

    def _stages(self, planned: Planned, products: bool) -> Iterator[Stage]:
        key, steps = planned.comparison.key, planned.comparison.steps
        if products:
            yield Stage("measuring")
        if self.is_to_time(planned):
            for row in self.plan.rows:
                for _ in range(self.plan.processes):
                    yield Stage("preparing", key, row)
            yield Stage("timing", key, most=planned.max_time)
        for row, _ in self.trainings(planned):
            yield Stage("training", key, row, steps=steps)


def is_scored(comparison: Comparison) -> bool:
    """Return whether rows are trained, or begin with weights that are scored as they are."""
    return bool(comparison.steps or comparison.weights)


def has_failed(timing: Timing) -> bool:
    """Return whether any row of a timing failed, or was skipped after a failure."""
    return any(row.status in RETRIED for row in timing.rows)


def can_be_retried(training: Training, row: Status | None) -> bool:
    """Return whether a training has failed, or was skipped for a row that was meant to run.

    Args:
        training: its last record.
        row: how the row of its comparison ended.
    """
    return training.status in FAILURES or (training.status == "skipped" and row != "unsupported")
