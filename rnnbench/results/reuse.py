"""What earlier runs have measured already: the same rows, on the same machine, of the same code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from rnnbench.results.identity import identity
from rnnbench.results.queries import opened_of, run_of, timings, trainings
from rnnbench.schema.messages import Opened
from rnnbench.schema.plan import Plan
from rnnbench.schema.records import AnyRecord, Run, Timing, Training
from rnnbench.schema.row import Row
from rnnbench.schema.status import FAILURES

#: The identity of a row in a comparison, by the comparison's key and the row.
Identities = dict[tuple[str, Row], str]


def reusable(
    now: Run,
    opened: Mapping[Row, Opened],
    earlier: Iterable[tuple[str, Sequence[AnyRecord]]],
) -> Iterator[Timing | Training]:
    """Yield what holds for a run that begins, marked with the run it is from.

    A timing is taken as a whole or not at all, since its rows were measured together. What failed
    is never taken.

    Args:
        now: the run that begins.
        opened: what its workers say.
        earlier: the names and records of other runs; those that come first are preferred.
    """
    ours = identities(now, opened)
    seen = set()
    for name, records in earlier:
        run = run_of(records)
        theirs = identities(run, opened_of(records))
        same = {where for where, key in ours.items() if theirs.get(where) == key}
        timed = whole(records, same, now.plan) if _way(run.plan) == _way(now.plan) else ()
        for record in [*timed, *trained(records, same, now.plan)]:
            if (what := named(record)) not in seen:
                seen.add(what)
                yield replace(record, reused=record.reused or name)


def identities(run: Run, opened: Mapping[Row, Opened]) -> Identities:
    """Return the identity of every row in every comparison of a run."""
    return {
        (planned.comparison.key, row): identity(run, planned, worker)
        for planned in run.plan.comparisons
        for row, worker in opened.items()
    }


def whole(records: Iterable[AnyRecord], same: set[tuple[str, Row]], plan: Plan) -> Iterator[Timing]:
    """Yield the timings whose rows are those of a plan, are the same, and did not fail."""
    for timing in timings(records):
        rows = {row.row for row in timing.rows}
        failed = any(row.status in FAILURES | {"skipped"} for row in timing.rows)
        alike = rows == set(plan.rows) and all((timing.key, row) in same for row in rows)
        if timing.complete and not failed and alike:
            yield timing


def trained(
    records: Iterable[AnyRecord], same: set[tuple[str, Row]], plan: Plan
) -> Iterator[Training]:
    """Yield the trainings of rows that are the same."""
    for training in trainings(records):
        wanted = training.status == "ok" and training.seed in plan.seeds
        if wanted and (training.key, training.row) in same:
            yield training


def named(record: Timing | Training) -> tuple[object, ...]:
    """Return what a record is of; a run has one of each."""
    if isinstance(record, Timing):
        return (record.key,)
    return (record.key, record.row, record.seed)


def _way(plan: Plan) -> tuple[int, float]:
    """Return what all comparisons of a plan are timed with."""
    return plan.processes, plan.precision
