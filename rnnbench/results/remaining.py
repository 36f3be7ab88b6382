"""What of a plan is done already, by the records of a run that is gone on with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rnnbench.results.queries import peaks, timings, trainings
from rnnbench.schema.plan import Plan, Planned
from rnnbench.schema.records import AnyRecord, Timing
from rnnbench.schema.row import Row
from rnnbench.schema.status import MEASURED


class Done:
    """The timings and trainings that are not to be repeated."""

    def __init__(self, records: Iterable[AnyRecord] = ()) -> None:
        found = list(records)
        self._timed = {timing.key: timing for timing in timings(found) if timing.complete}
        self._trained = {(one.key, one.row, one.seed) for one in trainings(found)}
        self._gauged = {(one.backend, one.device, one.dtype) for one in peaks(found)}

    def timing(self, planned: Planned) -> Timing | None:
        """Return the timing of a comparison, None if it is to be taken."""
        return self._timed.get(planned.comparison.key)

    def untrained(self, planned: Planned, plan: Plan) -> Iterator[tuple[Row, int]]:
        """Yield the rows and seeds that are still to be trained in a comparison."""
        if not planned.comparison.steps:
            return
        for row in plan.rows:
            for seed in plan.seeds:
                if (planned.comparison.key, row, seed) not in self._trained:
                    yield row, seed

    def left(self, plan: Plan) -> list[Planned]:
        """Return the comparisons in which anything is still to be done."""
        return [
            planned
            for planned in plan.comparisons
            if self.timing(planned) is None or any(self.untrained(planned, plan))
        ]

    def finished(self, plan: Plan) -> bool:
        """Return whether nothing is left; the matrix products of what was measured count, too."""
        products = {
            (row.row.place, timing.comparison.device, timing.comparison.dtype)
            for timing in self._timed.values()
            for row in timing.rows
            if row.status in MEASURED
        }
        return not self.left(plan) and products <= self._gauged

    def stages(self, plan: Plan) -> int:
        """Return how many stages there are still to come.

        Opening, checking and measuring products; preparing, timing and training of each row.
        """
        left = self.left(plan)
        timed = [planned for planned in left if self.timing(planned) is None]
        trained = sum(1 for planned in left for _ in self.untrained(planned, plan))
        return 3 + len(timed) * (len(plan.rows) * plan.processes + 1) + trained
