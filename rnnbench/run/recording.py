"""From what workers have answered to the records of a comparison."""

from __future__ import annotations

from rnnbench.run.rounds import Contestant
from rnnbench.schema.messages import Failed, Finished
from rnnbench.schema.records import ProcessTiming, RowTiming
from rnnbench.schema.row import Row


def failed(row: Row, failure: Failed) -> RowTiming:
    """Return the record of a row that could not be timed."""
    return RowTiming(
        row=row,
        status=failure.status,
        reason=failure.reason,
        parity_error=failure.parity_error,
    )


def timed(
    row: Row, contestants: list[Contestant], ends: list[Finished], steady: int | None
) -> RowTiming:
    """Return the record of a row that was timed; one that is never steady says so."""
    prepared = contestants[0].prepared
    worst = max((c.checked for c in contestants), key=lambda found: found.parity_error)
    return RowTiming(
        row=row,
        status="ok" if steady is not None else "unsteady",
        reason=None if steady is not None else "its time per step still drifts",
        params=prepared.params,
        flops=prepared.flops,
        forward_flops=prepared.forward_flops,
        parity_error=worst.parity_error,
        parity_tensor=worst.parity_tensor,
        kernel=prepared.kernel,
        steady_from=steady or 0,
        processes=[process(c, end) for c, end in zip(contestants, ends, strict=True)],
    )


def process(contestant: Contestant, end: Finished) -> ProcessTiming:
    """Return the record of one process of a row."""
    turns = contestant.turns
    return ProcessTiming(
        first_step_s=contestant.prepared.first_step_s,
        first_forward_s=contestant.prepared.first_forward_s,
        check_s=contestant.checked.seconds,
        peak_memory=end.peak_memory,
        traces=end.traces,
        steps=[turn.steps for turn in turns],
        forwards=[turn.forwards for turn in turns],
        first_steps=[turn.first_step for turn in turns],
        first_forwards=[turn.first_forward for turn in turns],
    )
