"""The parent's side of timing: short turns in random order, round after round.

Whatever disturbs the machine hits all rows of a round alike, so ratios are computed within
rounds. Only the worker whose turn it is runs; the others are suspended, since the threads of an
idle pool spin and would take the next block's time.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rnnbench import stats
from rnnbench.protocol import Failed, Prepared, Turn, Turned
from rnnbench.stats import Estimate

#: Seconds of a block of training steps, and of a block of forward passes: at least one call.
STEP_BLOCK, FORWARD_BLOCK = 0.05, 0.02
#: Rounds before precision is judged: a few more than the six that an interval at 95 % needs.
FEWEST_ROUNDS = 8


@dataclass
class Contestant:
    """A row that is being timed.

    Attributes:
        prepared: its rough timing.
        play: has its worker take a turn.
        turns: one per round.
        failure: what ended it, if something did.
    """

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

    @property
    def steps(self) -> list[float]:
        """Seconds per training step, one figure per round."""
        return [turn.step_s for turn in self.turns]


def measure(
    contestants: Sequence[Contestant],
    max_time: float,
    precision: float,
    rng: random.Random,
    progress: Callable[[float], None],
) -> None:
    """Play rounds until every ratio is precise or the time is spent.

    A row that fails is out; the others go on.

    Args:
        contestants: the rows; their turns are filled in.
        max_time: seconds; a round that has begun is finished.
        precision: see :attr:`~rnnbench.stats.Estimate.precision`.
        rng: draws the order of each round.
        progress: called after each round with the share of the time that is spent.
    """
    start = time.monotonic()
    while alive := [c for c in contestants if c.failure is None]:
        for contestant in rng.sample(alive, len(alive)):
            played = contestant.play(contestant.turn)
            if isinstance(played, Failed):
                contestant.failure = played
            else:
                contestant.turns.append(played)
        spent = (time.monotonic() - start) / max_time
        progress(min(spent, 1.0))
        now = reached(contestants)
        if spent >= 1 or (now is not None and now <= precision):
            return


def settled(
    contestant: Contestant, contestants: Sequence[Contestant]
) -> tuple[Estimate, Estimate, Estimate]:
    """Return the seconds of a step and of a forward pass, and the ratio to the fastest row."""
    return (
        stats.median(contestant.steps),
        stats.median([turn.forward_s for turn in contestant.turns]),
        stats.ratio(contestant.steps, fastest(contestants).steps),
    )


def reached(contestants: Sequence[Contestant]) -> float | None:
    """Return the worst precision over the ratios, or of the time itself of a row alone.

    None where there are too few rounds to tell.
    """
    rows = finishers(contestants)
    if not rows or len(rows[0].turns) < FEWEST_ROUNDS:
        return None
    if len(rows) == 1:
        return stats.median(rows[0].steps).precision
    base = fastest(rows)
    return max(stats.ratio(row.steps, base.steps).precision for row in rows)


def fastest(contestants: Sequence[Contestant]) -> Contestant:
    """Return the row with the smallest median step, of those that have not failed."""
    return min(finishers(contestants), key=lambda row: stats.median_value(row.steps))


def finishers(contestants: Sequence[Contestant]) -> list[Contestant]:
    """Return the rows that have not failed; they have played the same rounds."""
    return [c for c in contestants if c.failure is None and c.turns]
