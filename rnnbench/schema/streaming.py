"""What is stored of a row that was given one step at a time."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from rnnbench.schema.row import Row
from rnnbench.schema.sample import Sample
from rnnbench.schema.status import Status
from rnnbench.schema.types import Count, Seconds

#: Nanoseconds, of which a median may have a half.
Nanoseconds = Annotated[float, Meta(gt=0, le=1e18)]


class StreamTurn(msgspec.Struct, frozen=True, array_like=True):
    """One block of steps.

    Attributes:
        sample: all of them.
        median_ns: of the latencies of its steps; ``p99_ns`` their 99th percentile.
    """

    sample: Sample
    median_ns: Nanoseconds
    p99_ns: Nanoseconds


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
        turns: one per round.
    """

    row: Row
    status: Status
    reason: str | None = None
    kernel: str | None = None
    params: Count | None = None
    first_step_s: Seconds | None = None
    error: float | None = None
    turns: list[StreamTurn] = []
