"""A row seen by the profiler of its framework."""

from __future__ import annotations

import msgspec

from rnnbench.schema.messages.message import Message
from rnnbench.schema.types import Count, NotNegative, Positive, Seconds


class TakeProfile(Message, frozen=True):
    """Run warm training steps of the row that was prepared, under the profiler.

    Attributes:
        steps: how many.
        path: of the file that takes the trace.
    """

    steps: Positive
    path: str


class OperationTime(msgspec.Struct, frozen=True):
    """An operation, in all the steps together.

    Attributes:
        name: as the framework calls it.
        calls: how often it ran.
        seconds: in itself, without the operations within it.
    """

    name: str
    calls: Count
    seconds: Seconds


class Profiled(Message, frozen=True):
    """The profile, whose trace is in its file.

    Attributes:
        steps: how many were seen.
        step_s: a step without the profiler, the mean of as many.
        profiled_step_s: a step under it.
        events: of the trace.
        operations: the dearest ones, the first the most.
        others: how many further ones there were, and ``others_s`` their seconds together.
        cpu_j: joules that the packages of the CPU use in a step, whoever uses them; None where the
            machine does not tell.
        gpu_j: those of the GPU, likewise.
    """

    steps: Positive
    step_s: Seconds
    profiled_step_s: Seconds
    events: Count
    operations: list[OperationTime]
    others: Count
    others_s: Seconds
    cpu_j: NotNegative | None = None
    gpu_j: NotNegative | None = None
