"""The parent's side of timing: short turns in random order, round after round.

Whatever disturbs the machine hits all rows of a round alike, so ratios are computed within
rounds. Only the worker whose turn it is runs; the others are suspended, since the threads of an
idle pool spin and would take the next block's time.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from rnnbench.measure import estimates
from rnnbench.measure.ratios import Series, fastest, ratio, series
from rnnbench.measure.steady import steady_from
from rnnbench.schema.messages import Checked, Failed, Prepared, Turn, Turned
from rnnbench.schema.row import Row

#: Seconds of a block of training steps, and of a block of forward passes: at least one call.
STEP_BLOCK, FORWARD_BLOCK = 0.05, 0.02
#: Rounds before precision is judged: a few more than the six that an interval at 95 % needs.
FEWEST_ROUNDS = 8


@dataclass
class Contestant:
    """One process of a row that is being timed.

    Attributes:
        row: whose process it is; those of one row stand in the same order in every row.
        checked: its proof.
        prepared: its rough timing.
        play: has its worker take a turn.
        turns: one per round.
        failure: what ended it, if something did.
    """

    row: Row
    checked: Checked
    prepared: Prepared
    play: Callable[[Turn], Turned | Failed]
    turns: list[Turned] = field(default_factory=list)
    failure: Failed | None = None

    @property
    def turn(self) -> Turn:
        """How many calls make a block."""
        steps = max(1, round(STEP_BLOCK / self.prepared.step_s))
        forwards = max(1, round(FORWARD_BLOCK / self.prepared.forward_s))
        return Turn(steps, forwards)


def measure(
    contestants: Sequence[Contestant],
    max_time: float,
    precision: float,
    rng: random.Random,
    progress: Callable[[float], None],
) -> None:
    """Play rounds until every ratio is precise or the time is spent.

    In a round each process of each row has one turn: the processes of one number after those of
    another, so that what is compared is close in time. A row of which a process fails is out; the
    others go on.

    Args:
        contestants: the processes; their turns are filled in.
        max_time: seconds; a round that has begun is finished.
        precision: see :attr:`~rnnbench.measure.estimates.Estimate.precision`.
        rng: draws the order of each round.
        progress: called after each round with the share of the time that is spent.
    """
    start = time.monotonic()
    while alive := finishers(contestants):
        _play(alive, rng)
        spent = (time.monotonic() - start) / max_time
        progress(min(spent, 1.0))
        if spent >= 1 or reached(contestants) <= precision:
            return


def _play(alive: dict[Row, list[Contestant]], rng: random.Random) -> None:
    """Play one round; a row that fails in it is not asked again."""
    processes = list(zip(*alive.values(), strict=True))
    for process in rng.sample(processes, len(processes)):
        for contestant in rng.sample(process, len(process)):
            if any(other.failure for other in alive[contestant.row]):
                continue
            played = contestant.play(contestant.turn)
            if isinstance(played, Failed):
                contestant.failure = played
            else:
                contestant.turns.append(played)


def finishers(contestants: Sequence[Contestant]) -> dict[Row, list[Contestant]]:
    """Return the processes by row, of those rows of which none has failed."""
    rows: dict[Row, list[Contestant]] = {}
    for contestant in contestants:
        rows.setdefault(contestant.row, []).append(contestant)
    return {row: own for row, own in rows.items() if not any(one.failure for one in own)}


def times(contestants: Sequence[Contestant]) -> Series:
    """Return the clean training steps of one row."""
    return series([[turn.steps for turn in one.turns] for one in contestants])


def reached(contestants: Sequence[Contestant]) -> float:
    """Return the worst precision over the ratios, or of the time itself of a row alone.

    Infinite where there are too few rounds to tell.
    """
    rows = {row: times(own) for row, own in finishers(contestants).items()}
    base = fastest(rows)
    if base is None or len(rows[base][0]) < FEWEST_ROUNDS:
        return math.inf
    if len(rows) == 1:
        effects = [estimates.across(rows[base])]
    else:
        effects = [ratio(row, rows[base]) for name, row in rows.items() if name != base]
    return max(effect.estimate.precision if effect else math.inf for effect in effects)


def settled(contestants: Sequence[Contestant]) -> dict[Row, int | None]:
    """Return from which round on each row is steady, None if it is not; see :mod:`.steady`."""
    rows = {row: times(own) for row, own in finishers(contestants).items()}
    found = {}
    for row, own in rows.items():
        others = [other for name, other in rows.items() if name != row]
        beside = [mean_of(process) for process in zip(*others, strict=True)]
        found[row] = steady_from(own, beside)
    return found


def mean_of(rows: Sequence[np.ndarray]) -> np.ndarray:
    """Return the mean over rows in each round, NaN where one of them has none."""
    return np.asarray(np.mean(rows, axis=0))
