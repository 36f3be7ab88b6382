"""One process of a row that is given one step at a time, and what it has said so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from rnnbench.running.timing.claims import Claims
from rnnbench.running.workers.pool import Slot
from rnnbench.schema.messages.inference import StreamPrepared, StreamTold, TakeStream
from rnnbench.schema.messages.message import Failed
from rnnbench.schema.row import Row
from rnnbench.schema.sample import StreamTurn


@dataclass
class StreamedProcess:
    """One process of a row while it is timed.

    Attributes:
        slot: of the row.
        prepared: its first figures.
        steps: how many make a block, the same in all processes of a row.
        turns: one per round.
        asked: the request of the last turn.
        told: by number of the round and of the steps in it, entries of the outputs.
        failure: what ended it, if something did.
        error: the largest difference from the oracle, None if no round was audited.
        claims: what it says of its turns.
    """

    slot: Slot
    prepared: StreamPrepared
    steps: int
    turns: list[StreamTurn] = field(default_factory=list)
    asked: TakeStream | None = None
    told: dict[int, StreamTold] = field(default_factory=dict)
    failure: Failed | None = None
    error: float | None = None
    claims: Claims = field(default_factory=Claims)

    @property
    def row(self) -> Row:
        """Whose process it is; every row has its processes in the same order."""
        return self.slot.row
