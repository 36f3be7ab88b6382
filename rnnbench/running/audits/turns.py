"""Turns that were audited, and what they have left behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from rnnbench.oracle.audit.block import Left, kept_forward
from rnnbench.running.timing.rounds import TimedProcess
from rnnbench.schema.messages.timing import Audited, Turn


@dataclass
class AuditedTurn:
    """A turn that was audited.

    Attributes:
        process: who took it.
        turn: what was asked.
        left: what it has left behind.
    """

    process: TimedProcess
    turn: Turn
    left: Left

    @property
    def kept(self) -> int:
        """The number of the forward pass whose outputs were kept."""
        return kept_forward(self.turn.draw, self.turn.forwards)

    @property
    def steps(self) -> int:
        """Training steps since the start: those of the block, and the one before it."""
        return self.turn.steps + 1

    @property
    def failed(self) -> bool:
        """Whether its process has failed since."""
        return self.process.failure is not None


@dataclass
class AuditedRound:
    """The turns of a round, from one start.

    Attributes:
        number: of the round, from 1.
        entries: see :class:`~rnnbench.schema.messages.timing.Audit`.
        turns: one of each process.
    """

    number: int
    entries: int
    turns: list[AuditedTurn] = field(default_factory=list)

    @property
    def numbered(self) -> Iterator[tuple[int, AuditedTurn]]:
        """The turns with their numbers."""
        return enumerate(self.turns)


def comparable(other: AuditedTurn, turn: AuditedTurn) -> Left:
    """Return what another turn has left behind and this one should have, too."""
    return Left(
        other.left.losses,
        other.left.params if other.steps == turn.steps else {},
        other.left.outputs if other.kept == turn.kept else np.empty(0),
    )


def left_by(said: Audited) -> Left:
    """Return what a worker has told of a block; NaN is what is no finite number."""

    def array(values: Sequence[float | None]) -> np.ndarray:
        return np.array([np.nan if value is None else value for value in values])

    params = {name: array(values) for name, values in said.params.items()}
    return Left(array(said.losses), params, array(said.outputs))
