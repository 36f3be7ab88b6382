"""Timing in rounds: the processes of all rows take short turns in random order.

Whatever disturbs the machine hits all rows of a round alike, so ratios are computed within
rounds. Only the worker whose turn it is runs; the others are suspended, since the threads of an
idle pool spin and would take the next block's time.
"""

from __future__ import annotations

import math
import random
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import numpy as np
from msgspec.structs import replace

from rnnbench.measure import estimates
from rnnbench.measure.ratios import CleanTimes, clean_times, fastest, ratio
from rnnbench.measure.steady import steady_from
from rnnbench.oracle.parity import Parity
from rnnbench.running.timing.claims import Claims
from rnnbench.schema.messages.message import Failed
from rnnbench.schema.messages.timing import Audit, Audited, Checked, Prepared, Turn, Turned
from rnnbench.schema.row import Row

#: Seconds of a block of training steps, and of a block of forward passes: at least one call.
STEP_BLOCK, FORWARD_BLOCK = 0.05, 0.02
#: Rounds before precision is judged: a few more than the six that an interval at 95 % needs.
FEWEST_ROUNDS = 8


class InRounds(Protocol):
    """A process of a row that is timed in rounds."""

    @property
    def row(self) -> Row:
        """Whose process it is."""

    @property
    def failure(self) -> Failed | None:
        """What ended it, if something did."""


P = TypeVar("P", bound=InRounds)


@dataclass
class TimedProcess:
    """One process of a row while it is timed.

    Attributes:
        row: whose process it is; every row has its processes in the same order.
        checked: the result of its comparison with the oracle.
        prepared: its size and its rough timing.
        take_turn: runs the blocks of one turn in its worker.
        turns: the results, one per round.
        failure: what ended it, if something did.
        audit: asks its worker what the last turn has left behind.
        claims: what it says of its turns.
        asked: the last turn.
        audited: the largest error in the rounds that were audited, None if there were none.
        followed: whether training could be judged in one of them.
        reached: how many steps of a turn could be, the one before the block among them.
        own: whether it runs a user's own net, of which nobody knows what it should leave behind.
    """

    row: Row
    checked: Checked
    prepared: Prepared
    take_turn: Callable[[Turn], Turned | Failed]
    turns: list[Turned] = field(default_factory=list)
    failure: Failed | None = None
    audit: Callable[[Audit], Audited | Failed] = lambda request: Failed("failed", "nobody to ask")
    claims: Claims = field(default_factory=Claims)
    asked: Turn | None = None
    audited: Parity | None = None
    followed: bool = False
    reached: int = 0
    own: bool = False

    @property
    def turn(self) -> Turn:
        """The numbers of calls that make a block."""
        steps = max(1, round(STEP_BLOCK / self.prepared.step_s))
        forwards = max(1, round(FORWARD_BLOCK / self.prepared.forward_s))
        return Turn(steps, forwards)


def take_turns(
    processes: Sequence[TimedProcess],
    max_time: float,
    precision: float,
    rng: random.Random,
    after_round: Callable[[float], None],
) -> None:
    """Time processes in rounds until every ratio is precise or the time is spent.

    In a round each process of each row has one turn: all first processes, all second ones and so
    on, in random order, so that what is compared is close in time. A row of which a process fails
    is out; the others go on.

    Args:
        processes: what is timed; their turns are filled in.
        max_time: seconds; a round that has begun is finished.
        precision: see :attr:`~rnnbench.measure.estimates.Estimate.precision`.
        rng: draws the order of each round.
        after_round: called after each round with the share of the time that is spent, up to 1.
    """
    start = time.monotonic()
    while rows := intact_rows(processes):
        _take_round(rows, rng)
        spent = (time.monotonic() - start) / max_time
        after_round(min(spent, 1.0))
        if spent >= 1 or worst_precision(processes) <= precision:
            return


def _take_round(rows: dict[Row, list[TimedProcess]], rng: random.Random) -> None:
    """Give every process one turn; a row that fails in the round is not asked again.

    All begin with the same weights and state, which nobody can know before.
    """
    draw = secrets.randbits(31)
    for process in in_turn(rows, rng):
        process.asked = replace(process.turn, draw=draw)
        reply = process.take_turn(process.asked)
        if isinstance(reply, Failed):
            process.failure = reply
        else:
            process.turns.append(reply)


def in_turn(rows: dict[Row, list[P]], rng: random.Random) -> Iterator[P]:
    """Yield all processes in the order of a round; a row that fails in it is left out."""
    numbers = list(zip(*rows.values(), strict=True))
    for number in rng.sample(numbers, len(numbers)):
        for process in rng.sample(number, len(number)):
            if not any(other.failure for other in rows[process.row]):
                yield process


def intact_rows(processes: Sequence[P]) -> dict[Row, list[P]]:
    """Return the processes of each row of which none has failed."""
    rows: dict[Row, list[P]] = {}
    for process in processes:
        rows.setdefault(process.row, []).append(process)
    return {row: own for row, own in rows.items() if not any(one.failure for one in own)}


def step_times(processes: Sequence[TimedProcess]) -> CleanTimes:
    """Return the logarithms of a row's times per step, NaN where a block was disturbed."""
    return clean_times([[turn.steps for turn in one.turns] for one in processes])


def worst_precision(processes: Sequence[TimedProcess]) -> float:
    """Return the worst precision of the ratios so far, or that of the time of a single row.

    Infinite where there are too few rounds.
    """
    rows = {row: step_times(own) for row, own in intact_rows(processes).items()}
    base = fastest({row: estimates.across(own) for row, own in rows.items()})
    if base is None or len(rows[base][0]) < FEWEST_ROUNDS:
        return math.inf
    if len(rows) == 1:
        effects = [estimates.across(rows[base])]
    else:
        effects = [ratio(row, rows[base]) for name, row in rows.items() if name != base]
    return max(effect.estimate.precision if effect else math.inf for effect in effects)


def steady_starts(processes: Sequence[TimedProcess]) -> dict[Row, int | None]:
    """Return the round from which on each row is steady, None where a row still drifts.

    See :mod:`rnnbench.measure.steady`; rows that failed are left out.
    """
    rows = {row: step_times(own) for row, own in intact_rows(processes).items()}
    found = {}
    for row, own in rows.items():
        others = [other for name, other in rows.items() if name != row]
        beside = [round_means(process) for process in zip(*others, strict=True)]
        found[row] = steady_from(own, beside)
    return found


def round_means(rows: Sequence[np.ndarray]) -> np.ndarray:
    """Return the mean over rows in each round, NaN where a row has no clean block."""
    return np.asarray(np.mean(rows, axis=0))
