"""Two runs against each other: the rows that are in both, new over old."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rnnbench.analysis.row_times import step_times
from rnnbench.errors import UsageError
from rnnbench.measure import estimates
from rnnbench.measure.estimates import Effect
from rnnbench.measure.verdicts import DELTA, Verdict, verdicts
from rnnbench.results.queries import planned_of, timings
from rnnbench.schema.plan import Planned
from rnnbench.schema.records import AnyRecord
from rnnbench.schema.row import Row

#: The training steps of a run by comparison, data and row.
Steps = dict[tuple[str, str | None, Row], tuple[Planned, Effect]]


@dataclass(frozen=True)
class RowInTwoRuns:
    """One row in two runs.

    Attributes:
        planned: the comparison, the same in both.
        row: backend and variant.
        old, new: seconds per training step.
        ratio: new over old; without an interval unless both have processes enough.
        verdict: on the new one; None likewise.
    """

    planned: Planned
    row: Row
    old: Effect
    new: Effect
    ratio: Effect
    verdict: Verdict | None


def rows_in_both(before: Steps, after: Steps, delta: float = DELTA) -> list[RowInTwoRuns]:
    """Compare the training steps of the rows that were measured in both runs.

    The runs were not taken side by side, so what has changed on the machine between them counts as
    a difference; numbers of processes need not be equal (see
    :func:`rnnbench.measure.estimates.difference`).

    Args:
        before: those of the old run.
        after: those of the new one.
        delta: see :func:`rnnbench.measure.verdicts.verdicts`.

    Raises:
        UsageError: if no row was measured in both.
    """
    common = [key for key in after if key in before]
    if not common:
        raise UsageError(
            "no row was measured in both runs: they need the same task, cell, sizes, device, "
            "dtype, threads and data, and a backend and variant in common"
        )
    ratios = [estimates.difference(after[key][1], before[key][1]) for key in common]
    judged = verdicts(ratios, delta)
    return [
        RowInTwoRuns(after[key][0], key[2], before[key][1], after[key][1], ratio, verdict)
        for key, ratio, verdict in zip(common, ratios, judged, strict=True)
    ]


def steps(records: Sequence[AnyRecord]) -> Steps:
    """Return the training steps of a run by comparison, data and row."""
    planned, timed = planned_of(records), timings(records)
    return {
        (timing.key, planned[timing.key].data_hash, row): (planned[timing.key], step)
        for timing, steps in zip(timed, step_times(timed), strict=True)
        for row, step in steps.items()
    }
