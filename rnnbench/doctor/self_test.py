"""The A/A test: a row against itself, over fresh processes, must come out the same."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import TypeVar

import msgspec

from rnnbench.errors import WorkerError
from rnnbench.measure import ratios
from rnnbench.measure.estimates import FEWEST_PROCESSES, Effect
from rnnbench.measure.ratios import Series
from rnnbench.measure.verdicts import Verdict, verdicts
from rnnbench.run.pool import Crew, Seat
from rnnbench.run.rounds import Contestant, measure, times
from rnnbench.run.runner import check
from rnnbench.schema.messages import Checked, Failed, Prepare, Prepared, Reply, Turn, Turned
from rnnbench.schema.plan import Planned
from rnnbench.schema.row import Row

R = TypeVar("R", bound=Reply)
#: Processes of the row: as many on each side as a verdict needs.
PROCESSES = 2 * FEWEST_PROCESSES


class SelfTest(msgspec.Struct, frozen=True):
    """How a row compares with itself.

    Attributes:
        row: ``backend:variant``.
        ratio: of one half of its processes to the other, with the ends of its interval.
        verdict: on that.
        alarms: how often the halves are called different, of all ``splits`` into halves. They share
            processes and rounds, so this is a rough rate.
        precision: half the relative width of the interval, the median over the splits.
        rounds: how many were played.
    """

    row: str
    ratio: float
    low: float | None
    high: float | None
    verdict: Verdict | None
    alarms: int
    splits: int
    precision: float
    rounds: int


def self_test(
    row: Row, planned: Planned, crew: Crew, precision: float, progress: Callable[[float], None]
) -> SelfTest:
    """Time a row in :data:`PROCESSES` fresh processes, half of them against the others.

    Args:
        row: backend and variant.
        planned: what it runs, and for how long.
        crew: has no workers yet; the caller closes it.
        precision: at which it stops early.
        progress: called with the share of the time that is spent.

    Raises:
        WorkerError: if a process fails.
    """
    seats = [Seat(row, process) for process in range(PROCESSES)]
    for reply in crew.open(seats).values():
        succeeded(reply)
    contestants = [contestant(seat, planned, crew) for seat in seats]
    measure(contestants, planned.max_time, precision, random.Random(0), progress)
    for one in contestants:
        if one.failure:
            raise WorkerError(one.failure.reason, one.failure.status)
    return judged(str(row), times(contestants))


def contestant(seat: Seat, planned: Planned, crew: Crew) -> Contestant:
    """Return a process that is checked and prepared.

    Raises:
        WorkerError: if one of these fails.
    """
    proof, request = (
        check(planned, seat.row.variant, 0),
        Prepare(planned.comparison, seat.row.variant, 0),
    )
    checked = succeeded(crew.ask(seat, proof, Checked))
    prepared = succeeded(crew.ask(seat, request, Prepared))
    return Contestant(side(seat), checked, prepared, player(crew, seat))


def side(seat: Seat) -> Row:
    """Return the name under which a process is timed: every second one is another row."""
    row = seat.row
    return row if seat.process % 2 == 0 else Row(row.backend, f"{row.variant} again")


def player(crew: Crew, seat: Seat) -> Callable[[Turn], Turned | Failed]:
    """Return what has the worker of a seat take a turn."""
    return lambda turn: crew.ask(seat, turn, Turned)


def succeeded(reply: R | Failed) -> R:
    """Return a reply that is no failure.

    Raises:
        WorkerError: with the reason, if it is one.
    """
    if isinstance(reply, Failed):
        raise WorkerError(reply.reason, reply.status)
    return reply


def judged(name: str, processes: Series) -> SelfTest:
    """Compare the halves of a row's processes, in the first place those that took turns."""
    effects = [effect for effect in map(halves(processes), splits(len(processes))) if effect]
    if not effects:
        raise WorkerError("no round was undisturbed", "failed")
    first = effects[0].estimate
    alone = [verdicts([effect])[0] for effect in effects]
    return SelfTest(
        row=name,
        ratio=first.value,
        low=first.low,
        high=first.high,
        verdict=alone[0],
        alarms=sum(verdict in ("faster", "slower") for verdict in alone),
        splits=len(effects),
        precision=statistics.median(effect.estimate.precision for effect in effects),
        rounds=len(processes[0]),
    )


def splits(count: int) -> list[Sequence[int]]:
    """Return every half of ``count`` processes that has the first, the even ones before all."""
    even = tuple(range(0, count, 2))
    rest = (half for half in combinations(range(count), count // 2) if 0 in half)
    return [even, *(half for half in rest if half != even)]


def halves(processes: Series) -> Callable[[Sequence[int]], Effect | None]:
    """Return what takes the ratio of a half of the processes to the others."""

    def compare(left: Sequence[int]) -> Effect | None:
        right = [k for k in range(len(processes)) if k not in left]
        return ratios.ratio([processes[k] for k in left], [processes[k] for k in right])

    return compare
