"""How a row ended, its trainings included, and what it has learnt."""

from __future__ import annotations

from typing import Any

from rnnbench.analysis.learning.scores import Trained
from rnnbench.schema.records.timing import RowTiming, Timing
from rnnbench.schema.status import MEASURED, Status


def ended(row: RowTiming, trained: Trained) -> dict[str, Any]:
    """Return how a row ended, and what it has learnt."""
    status, reason = end(row, trained)
    return {
        "status": status,
        "reason": reason,
        "seeds": len(trained.done),
        "loss": trained.loss,
        "kept_steps": kept_steps(trained),
        "score": trained.score,
    }


def end(row: RowTiming, trained: Trained) -> tuple[Status, str | None]:
    """Return the status of a row, its trainings included, and the reason of it."""
    status, reason, done = row.status, row.reason, len(trained.done)
    if status in MEASURED and done < len(trained.records) and trained.failed:
        status, reason = trained.failed[0].status, trained.failed[0].reason
    if status in MEASURED and done < trained.seeds:
        reason = "; ".join(filter(None, [reason, unfinished(done, trained.seeds)]))
    return status, reason


def unfinished(done: int, seeds: int) -> str:
    """Return what is said of a row that was timed and whose trainings are not all done."""
    return f"trained with {done} of {seeds} seeds" if done else "timed, not yet trained"


def kept_steps(trained: Trained) -> str | None:
    """Return ``90 of 120``: the step whose weights early stopping kept, for each seed."""
    kept = [f"{one.best} of {one.curve[-1][0]}" for one in trained.done if one.best is not None]
    return ", ".join(kept) or None


def origin(timing: Timing, trained: Trained) -> dict[str, Any]:
    """Return whether a row was measured to the end, and in which earlier run if not in this one."""
    sources = {timing.reused, *(one.reused for one in trained.records)}
    return {
        "complete": timing.complete,
        "reused": ", ".join(sorted(name for name in sources if name)) or None,
    }
