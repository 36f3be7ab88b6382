"""The other rows of a round: how far each is from their median, and from each other."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cached_property
from itertools import combinations

import numpy as np

from rnnbench.oracle.audit.block import LOSS, UPDATE
from rnnbench.oracle.audit.differences import (
    MARGIN,
    Reference,
    differences,
    excuses,
    middle,
)
from rnnbench.running.audits.turns import AuditedRound, AuditedTurn, comparable

#: The rounding of float32, and the logarithm of the most that it is taken to grow by.
ROUNDING, MOST_GROWN = 1e-7, 30.0
#: By how much a row may differ from others that agree, and how many times as far as those do.
ROUGH, AS_FAR = 1e-2, 100.0
#: Steps from which the growth of errors is told, and how many times as fast it may go on.
TELLING, AS_FAST = 5, 2.0


class Witnesses:
    """The turns of one round, held against each other."""

    def __init__(self, found: AuditedRound, before: Mapping[str, np.ndarray]) -> None:
        """Compare nothing yet.

        Args:
            found: the turns.
            before: entries of the parameters from which they started.
        """
        self.found, self.before = found, before

    @cached_property
    def from_median(self) -> dict[int, dict[str, float]]:
        """How far each turn is from the median of all, of what at least two have."""
        if len(self.found.turns) < 2:
            return {k: {} for k, _ in self.found.numbered}
        return {k: self._from_median(turn) for k, turn in self.found.numbered}

    def _from_median(self, turn: AuditedTurn) -> dict[str, float]:
        blocks = [comparable(other, turn) for other in self.found.turns]
        return differences(turn.left, Reference(middle(blocks), self.before))

    def apart(self, number: int) -> dict[str, float]:
        """Return how far the closest two others are apart, of two backends; errors grow alike."""
        pairs = [apart for pair, apart in self._between.items() if number not in pair]
        return {
            name: min(apart[name] for apart in pairs if name in apart)
            for name in {name for apart in pairs for name in apart}
        }

    @cached_property
    def _between(self) -> dict[tuple[int, int], dict[str, float]]:
        """How far two turns of different backends have come apart, as the oracle from itself."""
        return {
            (k, j): excuses(differences(turn.left, Reference(comparable(other, turn), self.before)))
            for (k, turn), (j, other) in combinations(self.found.numbered, 2)
            if turn.process.row.backend != other.process.row.backend
        }


def rough(
    found: Mapping[str, float],
    excused: Mapping[str, float],
    witnessed: Mapping[str, float],
) -> dict[str, float]:
    """Return excuses for what was held against the other rows alone.

    The oracle has not told what rounding does there. Two other rows of different backends do: a row
    may be :data:`AS_FAR` as often from the median as these are from each other, and :data:`ROUGH`.
    Where there are no such two, rounding may go on to grow, which it does where training amplifies
    it. Where the oracle has followed fewer than :data:`TELLING` steps, nobody knows how fast, and
    everything is excused.

    Args:
        found: the differences.
        excused: by how much errors have grown as far as the oracle has followed.
        witnessed: see :meth:`Witnesses.apart`.
    """
    steps = {name: int(name.removeprefix(LOSS)) for name in found if name.startswith(LOSS)}
    last = max(steps.values(), default=0)
    grown = growth(excused)  # once, as a block may have a million steps

    def allowed(name: str) -> float:
        alone = MARGIN * grown(steps.get(name, last))
        if name not in witnessed:
            return alone if name in steps else max(alone, ROUGH)
        return max(AS_FAR * witnessed[name], min(alone, ROUGH))

    return {name: allowed(name) / MARGIN for name in found if name.startswith((LOSS, UPDATE))}


def growth(excused: Mapping[str, float]) -> Callable[[int], float]:
    """Return what tells how far rounding may have grown in so many steps, by the first of them."""
    known = [value for name, value in excused.items() if name.startswith(LOSS)]
    if len(known) < TELLING:
        return lambda steps: math.inf
    rate = AS_FAST * math.log(max(1.0, max(known) / ROUNDING)) / len(known)
    return lambda steps: ROUNDING * math.exp(min(rate * steps, MOST_GROWN))
