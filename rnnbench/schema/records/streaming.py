"""Inference one step at a time."""

from __future__ import annotations

import msgspec

from rnnbench.schema.comparison import Comparison
from rnnbench.schema.machine import Look
from rnnbench.schema.records.record import Record
from rnnbench.schema.records.timing import Round
from rnnbench.schema.row import Row
from rnnbench.schema.sample import StreamTurn
from rnnbench.schema.status import Status
from rnnbench.schema.types import Count, Seconds


class RowStreaming(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a streaming record.

    Attributes:
        row: backend and variant.
        status: how it ended; ``reason`` in one line unless ``ok``.
        kernel: the code that ran, in the backend's words.
        params: number of parameters.
        first_step_s: the first step, compilation included.
        error: the largest difference of its outputs, in the rounds that were audited, from those
            that the float64 oracle computes of the whole sequence at once.
        turns: of its first process, one per round; ``further`` are those of the others, a list for
            each.
    """

    row: Row
    status: Status
    reason: str | None = None
    kernel: str | None = None
    params: Count | None = None
    first_step_s: Seconds | None = None
    error: float | None = None
    turns: list[StreamTurn] = []
    further: list[list[StreamTurn]] = []

    @property
    def processes(self) -> list[list[StreamTurn]]:
        """The turns of each of its processes; none of a row that has failed."""
        return [self.turns, *self.further] if self.turns else []


class Streaming(Record, frozen=True, kw_only=True, tag="streaming"):
    """Inference one step at a time, of the rows of one comparison; a step is of its batch.

    Attributes:
        finished: in UTC.
        comparison: what was compared; ``key`` names it.
        seconds: spent on timing.
        rows: in the order of the plan.
        rounds: the conditions of each.
        complete: False if it was interrupted; the later record of a comparison holds.
        look: who else computed just before the run began to time; None if nobody looked.
    """

    finished: str
    comparison: Comparison
    key: str
    seconds: Seconds
    rows: list[RowStreaming]
    rounds: list[Round]
    complete: bool = True
    look: Look | None = None
