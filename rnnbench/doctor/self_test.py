"""The A/A test: a row compared with itself, over fresh processes."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import TypeVar

import msgspec

from rnnbench.errors import WorkerError
from rnnbench.measure import ratios
from rnnbench.measure.estimates import FEWEST_PROCESSES, Effect
from rnnbench.measure.ratios import CleanTimes
from rnnbench.measure.verdicts import Verdict, verdicts
from rnnbench.running.session import Session
from rnnbench.running.timing.rounds import TimedProcess, step_times, take_turns
from rnnbench.running.view import View
from rnnbench.running.workers.pool import Pool
from rnnbench.schema.messages.message import Failed
from rnnbench.schema.plan import Planned
from rnnbench.schema.row import Row

T = TypeVar("T")
#: Processes of the row: as many on each side as a verdict needs.
PROCESSES = 2 * FEWEST_PROCESSES


class SelfTest(msgspec.Struct, frozen=True):
    """How a row compares with itself.

    Attributes:
        row: ``backend:variant``.
        ratio: of one half of its processes to the other, with the ends of its interval; None if
            they have no undisturbed round in common.
        verdict: on that.
        alarms: how often the halves are called different, of all ``splits`` into halves. They share
            processes and rounds, so this is a rough rate.
        precision: half the relative width of the interval, the median over the splits; None
            without one.
        rounds: how many were played.
    """

    row: str
    ratio: float | None
    low: float | None
    high: float | None
    verdict: Verdict | None
    alarms: int
    splits: int
    precision: float | None
    rounds: int


def compare_with_itself(
    row: Row, planned: Planned, pool: Pool, precision: float, view: View
) -> SelfTest:
    """Time a row in :data:`PROCESSES` fresh processes, half of them against the others.

    Args:
        row: backend and variant.
        planned: what it runs, and for how long.
        pool: has no workers yet; the caller closes it.
        precision: at which it stops early.
        view: is shown the share of the time that is spent, from when the processes are ready.

    Raises:
        WorkerError: if a process fails.
    """
    session = Session(pool, PROCESSES)
    for reply in session.open([row]).values():
        succeeded(reply)
    session.prove([row], [planned], lambda share: None)
    processes = succeeded(session.prepare(row, planned))
    for process in processes[1::2]:
        process.row = Row(row.backend, f"{row.variant} again")
    view.stage(f"timing {row} against itself", planned)
    take_turns(processes, planned.max_time, precision, random.Random(0), view.advance)
    return compare_halves(str(row), step_times(unfailed(processes)))


def unfailed(processes: list[TimedProcess]) -> list[TimedProcess]:
    """Return processes none of which has failed while it was timed.

    Raises:
        WorkerError: with the reason, if one has.
    """
    for process in processes:
        if process.failure:
            succeeded(process.failure)
    return processes


def succeeded(reply: T | Failed) -> T:
    """Return a reply that is no failure.

    Raises:
        WorkerError: with the reason, if it is one.
    """
    if isinstance(reply, Failed):
        raise WorkerError(reply.reason, reply.status)
    return reply


def compare_halves(name: str, processes: CleanTimes) -> SelfTest:
    """Compare every half of a row's processes with the rest, first the even ones with the odd."""
    effects = [effect for effect in map(ratio_of_half(processes), splits(len(processes))) if effect]
    rounds = len(processes[0])
    if not effects:
        return SelfTest(name, None, None, None, None, 0, 0, None, rounds)
    first = effects[0].estimate
    precision = statistics.median(effect.estimate.precision for effect in effects)
    alone = [verdicts([effect])[0] for effect in effects]
    return SelfTest(
        row=name,
        ratio=first.value,
        low=first.low,
        high=first.high,
        verdict=alone[0],
        alarms=sum(verdict in ("faster", "slower") for verdict in alone),
        splits=len(effects),
        precision=precision if math.isfinite(precision) else None,
        rounds=rounds,
    )


def splits(count: int) -> list[Sequence[int]]:
    """Return every half of ``count`` processes that holds the first one; the even ones lead."""
    even = tuple(range(0, count, 2))
    rest = (half for half in combinations(range(count), count // 2) if 0 in half)
    return [even, *(half for half in rest if half != even)]


def ratio_of_half(processes: CleanTimes) -> Callable[[Sequence[int]], Effect | None]:
    """Return the function from half of the processes to their ratio to the others."""

    def compare(left: Sequence[int]) -> Effect | None:
        right = [k for k in range(len(processes)) if k not in left]
        return ratios.ratio([processes[k] for k in left], [processes[k] for k in right])

    return compare
