"""The other rows of a round: how far each is from their median, and from each other."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from itertools import combinations

import numpy as np

from rnnbench.oracle.audit.block import LOSS, UPDATE
from rnnbench.oracle.audit.differences import (
    Reference,
    differences,
    excuse_for,
    excuses,
    middle,
)
from rnnbench.run.audits.turns import AuditedRound, AuditedTurn, comparable

#: The rounding of float32, and the logarithm of the most that it is taken to grow by.
ROUNDING, MOST_GROWN = 1e-7, 30.0
#: By how much rows may differ where neither the oracle nor two others say what rounding does.
ROUGH = 1e-2


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
    dtype: str,
) -> dict[str, float]:
    """Return excuses for what was held against the other rows alone.

    The oracle has not told what rounding does there. Two other rows that are close do: then no more
    than :data:`ROUGH` is taken to be rounding, or what has brought them apart. Where there are no
    such two, rounding may grow from step to step by as much as it has so far, which is how it grows
    where training amplifies it.

    Args:
        found: the differences.
        excused: by how much errors have grown as far as the oracle has followed.
        witnessed: see :meth:`Witnesses.apart`.
        dtype: at which the block computed.
    """
    known = [value for name, value in excused.items() if name.startswith(LOSS)]
    rate = math.log(max(1.0, max(known, default=0.0) / ROUNDING)) / max(1, len(known))
    grown = {
        name: ROUNDING * math.exp(min(rate * int(name.removeprefix(LOSS)), MOST_GROWN))
        for name in found
        if name.startswith(LOSS)
    }
    least = excuse_for(ROUGH, dtype)
    update = max(least, max(grown.values(), default=0.0))
    grown |= {name: update for name in found if name.startswith(UPDATE)}
    return grown | {
        name: max(witnessed[name], min(grown[name], least)) for name in grown if name in witnessed
    }
