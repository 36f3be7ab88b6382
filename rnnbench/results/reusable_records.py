"""Records that a run can take over from earlier ones: of the same rows, machine and code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from rnnbench.results.identity import row_identity
from rnnbench.results.queries import opened_of, run_of, timings, trainings
from rnnbench.schema.messages.opening import Opened
from rnnbench.schema.plan import Plan
from rnnbench.schema.records.beginning import Run
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.records.timing import Timing
from rnnbench.schema.records.training import Training
from rnnbench.schema.row import Row
from rnnbench.schema.status import FAILURES, MEASURED

#: The identity of a row in a comparison, by the comparison's key and the row.
Identities = dict[tuple[str, Row], str]


def reusable(
    now: Run,
    opened: Mapping[Row, Opened],
    earlier: Iterable[tuple[str, Sequence[AnyRecord]]],
) -> Iterator[Timing | Training]:
    """Yield the records that hold for a new run, each marked with the run it is from.

    A timing is taken as a whole or not at all, since its rows were measured together. What failed
    is never taken.

    Args:
        now: the new run.
        opened: the reports of its workers.
        earlier: the names and records of other runs; those that come first are preferred.
    """
    ours = identities(now, opened)
    planned, seen = now.plan.by_key, set()
    for name, records in earlier:
        run = run_of(records)
        theirs = identities(run, opened_of(records))
        same = {place for place, identity in ours.items() if theirs.get(place) == identity}
        alike = _timing_settings(run.plan) == _timing_settings(now.plan)
        timed = reusable_timings(records, same, now.plan) if alike else ()
        for record in [*timed, *reusable_trainings(records, same, now.plan)]:
            subject, data = subject_of(record), planned[record.key].data_hash
            if subject not in seen and used(record) <= {data}:
                seen.add(subject)
                yield taken_over(record, name)


def taken_over(record: Timing | Training, name: str) -> Timing | Training:
    """Return a record marked with the run that it is from, in whose folder its weights stay."""
    found = replace(record, reused=record.reused or name)
    return replace(found, weights=None, weights_hash=None) if isinstance(found, Training) else found


def identities(run: Run, opened: Mapping[Row, Opened]) -> Identities:
    """Return the identity of every row in every comparison of a run."""
    return {
        (planned.comparison.key, row): row_identity(run, planned, worker)
        for planned in run.plan.comparisons
        for row, worker in opened.items()
    }


def reusable_timings(
    records: Iterable[AnyRecord], same: set[tuple[str, Row]], plan: Plan
) -> Iterator[Timing]:
    """Yield the timings that have the rows of a plan, all of them the same and none failed."""
    for timing in timings(records):
        rows = {row.row for row in timing.rows}
        failed = any(row.status in FAILURES | {"skipped"} for row in timing.rows)
        alike = rows == set(plan.rows) and all((timing.key, row) in same for row in rows)
        if timing.complete and not failed and alike:
            yield timing


def reusable_trainings(
    records: Iterable[AnyRecord], same: set[tuple[str, Row]], plan: Plan
) -> Iterator[Training]:
    """Yield the successful trainings of the same rows with the seeds of a plan."""
    for training in trainings(records):
        wanted = training.status == "ok" and training.seed in plan.seeds and not plan.save_weights
        if wanted and (training.key, training.row) in same:
            yield training


def used(record: Timing | Training) -> set[str | None]:
    """Return the hashes of the data that a record says its figures are of."""
    if isinstance(record, Training):
        return {record.data_hash}
    return {row.data_hash for row in record.rows if row.status in MEASURED}


def subject_of(record: Timing | Training) -> tuple[object, ...]:
    """Return what a record is of, which a run measures once."""
    if isinstance(record, Timing):
        return (record.key,)
    return (record.key, record.row, record.seed)


def _timing_settings(plan: Plan) -> tuple[int, float]:
    """Return the settings with which all comparisons of a plan are timed."""
    return plan.processes, plan.precision
