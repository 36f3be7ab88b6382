"""Questions to the records of a run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TypeVar

import msgspec

from rnnbench.schema.messages.opening import Opened
from rnnbench.schema.plan import Plan, Planned
from rnnbench.schema.records.beginning import Run, Worker
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.records.peak import Peak
from rnnbench.schema.records.streaming import Streaming
from rnnbench.schema.records.timing import Timing
from rnnbench.schema.records.training import Training
from rnnbench.schema.row import Row

Measured = TypeVar("Measured", Timing, Streaming)


def run_of(records: Iterable[AnyRecord]) -> Run:
    """Return the first record of a run."""
    return next(record for record in records if isinstance(record, Run))


def plan_of(records: Iterable[AnyRecord]) -> Plan:
    """Return the plan of a run."""
    return run_of(records).plan


def planned_of(records: Iterable[AnyRecord]) -> dict[str, Planned]:
    """Return the comparisons that a run has planned, by key."""
    return plan_of(records).by_key


def opened_of(records: Iterable[AnyRecord]) -> dict[Row, Opened]:
    """Return what the workers of a run have said when they were ready."""
    return {record.row: record.opened for record in records if isinstance(record, Worker)}


def timings(records: Iterable[AnyRecord]) -> list[Timing]:
    """Return the timings of a run; one that was interrupted or failed only if none followed it."""
    return list({record.key: record for record in records if isinstance(record, Timing)}.values())


def shown_timings(records: Sequence[AnyRecord]) -> list[Timing]:
    """Return the timings of a run without the rows of ``:all`` that could not compute them.

    Where that is all of them, they stay. They are in the order of the plan, which is not that of
    the file where parts of a run were gathered.
    """
    plan = plan_of(records)
    unnamed, places = frozenset(plan.unnamed), {key: n for n, key in enumerate(plan.by_key)}
    found = sorted(timings(records), key=lambda one: places[one.key])
    return [without_unfit(timing, unnamed) for timing in found] if unnamed else found


def shown_streamings(records: Sequence[AnyRecord]) -> list[Streaming]:
    """Return the streams of a run as :func:`shown_timings` does its timings."""
    unnamed = frozenset(plan_of(records).unnamed)
    return [without_unfit(stream, unnamed) for stream in streamings(records)]


def without_unfit(record: Measured, unnamed: Collection[Row]) -> Measured:
    """Return a record without the rows that are ``unsupported`` and that nobody has named."""
    fit = [row for row in record.rows if row.status != "unsupported" or row.row not in unnamed]
    return msgspec.structs.replace(record, rows=fit) if fit else record


def streamings(records: Iterable[AnyRecord]) -> list[Streaming]:
    """Return the streams of a run, the later one of each comparison."""
    found = (record for record in records if isinstance(record, Streaming))
    return list({record.key: record for record in found}.values())


def trainings(records: Iterable[AnyRecord]) -> list[Training]:
    """Return the trainings of a run; one that failed only where none has followed it."""
    found = (record for record in records if isinstance(record, Training))
    return list({(one.key, one.row, one.seed): one for one in found}.values())


def trainings_by_row(records: Iterable[AnyRecord]) -> dict[str, dict[Row, list[Training]]]:
    """Return the trainings of a run by the key of their comparison, and by row."""
    found: dict[str, dict[Row, list[Training]]] = {}
    for one in trainings(records):
        found.setdefault(one.key, {}).setdefault(one.row, []).append(one)
    return found


def peaks(records: Iterable[AnyRecord]) -> list[Peak]:
    """Return the rates of a run's square matrix products, the best of each backend."""
    return [one for one in records if isinstance(one, Peak) and one.shape is None]


def step_rates(records: Iterable[AnyRecord]) -> list[Peak]:
    """Return the rates of products of the shapes that recurrent nets take step by step.

    Those of a GPU are left out: alone, a product so small is mostly its launch, which a compiled
    loop over time need not pay.
    """
    rates = (one for one in records if isinstance(one, Peak) and one.shape is not None)
    return [one for one in rates if one.device == "cpu"]
