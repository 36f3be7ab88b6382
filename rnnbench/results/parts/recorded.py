"""What attempts at a part have recorded, and whether that is all of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from rnnbench.errors import UsageError
from rnnbench.results import reader
from rnnbench.results.parts.attempts import Attempt
from rnnbench.results.parts.gathering import first_record
from rnnbench.results.queries import plan_of
from rnnbench.results.work_left import Remaining
from rnnbench.schema.plan import Part, Plan
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.records.timing import Timing
from rnnbench.schema.records.training import Training


def recorded(attempts: Sequence[Attempt], plan: Plan) -> list[AnyRecord]:
    """Return what attempts at the same part have recorded whole, with the keys of this plan.

    The keys are others where a machine has another number of threads.
    """
    return [record for attempt in attempts for record in _recorded(attempt, plan)]


def _recorded(attempt: Attempt, plan: Plan) -> Iterator[AnyRecord]:
    try:
        records = reader.read(attempt.file)
    except UsageError:  # it was ended as it began, or has just been renamed
        return
    theirs = [one.comparison.key for one in plan_of(records).comparisons]
    ours = [one.comparison.key for one in plan.comparisons]
    if plan_of(records).part != plan.part or len(theirs) != len(ours):
        return  # somebody has put it there
    keys = dict(zip(theirs, ours, strict=True))
    for one in records:
        if isinstance(one, Timing | Training):
            yield replace(one, key=keys[one.key])


def is_recorded(attempts: Sequence[Attempt], of: Part | None) -> bool:
    """Return whether all of a part is recorded, whatever its attempts are called.

    Args:
        attempts: at this part.
        of: some part of the same run, None if there is none that can be read.
    """
    plan = plan_among(attempts)
    if plan is None or plan.part is None or of is None:
        return False
    if (plan.part.number, plan.part.whole) != (attempts[0].number, of.whole):
        return False  # somebody has put it there, or renamed it
    return not Remaining(plan, recorded(attempts, plan)).comparisons


def plan_among(attempts: Sequence[Attempt]) -> Plan | None:
    """Return the plan of the first attempt that can be read, None if there is none."""
    found = (first_record(one.file) for one in attempts)
    return next((first.plan for first in found if first is not None), None)
