"""How far the parts of a run are: from their files, and from what the engine still has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from rnnbench.cluster import local, slurm
from rnnbench.cluster.submission import Job, Submission
from rnnbench.errors import UsageError
from rnnbench.results.parts.attempts import Attempt, attempts
from rnnbench.results.parts.gathering import first_record
from rnnbench.results.parts.recorded import is_recorded, plan_among
from rnnbench.results.runs.outlines import outline
from rnnbench.schema.plan import Part

#: ``queued``, ``running``, ``done``; ``ended`` before all of it was done, or ``missing``, as nobody
#: has begun it and nobody is going to.
State = Literal["queued", "running", "done", "ended", "missing"]

#: The states in which a job of Slurm's is not running.
WAITING = frozenset({"PENDING", "REQUEUED", "REQUEUE_HOLD", "SPECIAL_EXIT", "SUSPENDED"})


class PartState(NamedTuple):
    """How far a part is.

    Attributes:
        part: its number.
        state: see :data:`State`.
        attempts: how many were begun.
        node: the machine of the last attempt, or where a job runs; None if there is none.
        rows: that were timed, or were meant to; of comparisons that were recorded.
        failed: those of them that failed.
        told: what the engine says: why a job waits.
    """

    part: int
    state: State
    attempts: int = 0
    node: str | None = None
    rows: int = 0
    failed: int = 0
    told: str | None = None


def progress(run: Path, submission: Submission | None) -> list[PartState]:
    """Return how far each part of a run is.

    Args:
        run: its folder.
        submission: what was submitted of it, None if others have started its parts.

    Raises:
        UsageError: if it has no parts, or its folder can't be read.
    """
    begun: dict[int, list[Attempt]] = {}
    for one in attempts(run):
        begun.setdefault(one.number, []).append(one)
    if not begun and submission is None:
        raise UsageError(f"{run} has no parts: rnnbench run --part or --cluster makes them")
    parts = submission.parts if submission else next(iter(begun.values()))[0].of
    waiting = not_ended(submission.jobs) if submission else {}
    first = plan_among([one for own in begun.values() for one in own])
    of = first.part if first else None
    return [
        state_of(number, begun.get(number, []), waiting.get(number), of)
        for number in range(1, parts + 1)
    ]


def not_ended(jobs: Sequence[Job]) -> dict[int, slurm.Task]:
    """Return the jobs that have not ended, by part.

    A local process does not tell its parts apart: all that it was given are there, without a state.
    """
    found = {one.part: one for one in slurm.tasks(j.number for j in jobs if j.engine == "slurm")}
    for job in jobs:
        if job.engine == "local" and local.goes_on(job.number, job.began):
            found |= {part: slurm.Task(part, "", "", "") for part in numbers(job.parts)}
    return found


def state_of(
    number: int, begun: Sequence[Attempt], task: slurm.Task | None, of: Part | None
) -> PartState:
    """Return how far one part is.

    Args:
        number: of the part.
        begun: the attempts at it.
        task: what an engine has of it, None if nothing.
        of: some part of the run.
    """
    state: State = "ended" if begun else "missing"
    if task and task.state:
        state = "queued" if task.state in WAITING else "running"
    elif task:
        state = "running" if begun else "queued"
    if any(one.done for one in begun) and is_recorded(begun, of):  # a name alone says nothing
        state = "done"
    found = outline(*(one.file for one in begun))
    node = task.node if task and task.node else node_of(begun)
    return PartState(
        number,
        state,
        len(begun),
        node,
        found.rows,
        found.failed,
        task.reason if task and state == "queued" and task.reason not in ("", "None") else None,
    )


def node_of(begun: Sequence[Attempt]) -> str | None:
    """Return the machine of the last attempt at a part."""
    first = first_record(begun[-1].file) if begun else None
    return first.machine.node if first else None


def in_words(states: Sequence[PartState]) -> str:
    """Return how many parts are how far: ``12 parts: 7 done, 2 running, 3 queued``."""
    counts = Counter(one.state for one in states)
    order: tuple[State, ...] = ("done", "running", "queued", "ended", "missing")
    told = ", ".join(f"{counts[state]} {state}" for state in order if counts[state])
    return f"{len(states)} parts: {told}"


def numbers(text: str) -> Iterator[int]:
    """Yield the numbers of ``1-3,7``."""
    for piece in text.split(","):
        first, _, last = piece.partition("-")
        yield from range(int(first), int(last or first) + 1)
