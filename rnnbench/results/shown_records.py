"""Records as tables need them: without the first call of each turn, which none of them shows.

Such calls are half of all samples. Not to decode them makes a large file sooner read, and smaller.
"""

from __future__ import annotations

import msgspec

from rnnbench.schema.records.beginning import Interrupted, Resumed, Run, Worker
from rnnbench.schema.records.peak import Peak
from rnnbench.schema.records.streaming import Streaming
from rnnbench.schema.records.timing import ProcessTiming, RowTiming, Timing
from rnnbench.schema.records.training import Training


class Unread(msgspec.Struct, array_like=True, frozen=True):
    """A list, of which nothing is read."""


class ShownProcess(ProcessTiming, frozen=True, kw_only=True):
    """The timing of one process, the first calls of its turns unread."""

    first_steps: Unread  # type: ignore[assignment]
    first_forwards: Unread  # type: ignore[assignment]


class ShownRow(RowTiming, frozen=True, kw_only=True):
    """One row of a timing record, likewise."""

    processes: list[ShownProcess] = msgspec.field(default_factory=list)  # type: ignore[assignment]


class ShownTiming(Timing, frozen=True, kw_only=True, tag="timing"):
    """The timings of one comparison, likewise."""

    rows: list[ShownRow]  # type: ignore[assignment]


#: Every kind of record, each in the place of its own kind.
ShownRecord = Run | Resumed | Interrupted | Worker | Peak | ShownTiming | Training | Streaming
