"""The timings of one comparison."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from rnnbench.schema.comparison import Comparison
from rnnbench.schema.machine import Look
from rnnbench.schema.records.record import Record
from rnnbench.schema.row import Row
from rnnbench.schema.sample import Sample
from rnnbench.schema.status import Status
from rnnbench.schema.step_product import StepProducts
from rnnbench.schema.types import Count, Positive, Seconds


class ProcessTiming(msgspec.Struct, frozen=True, kw_only=True):
    """The timing of one process of a row; see :class:`rnnbench.schema.sample.Sample`.

    Attributes:
        first_step_s: the first training step, compilation included.
        first_forward_s: the first forward pass, likewise.
        check_s: seconds of the comparison with the oracle.
        peak_memory: bytes; ``added_memory`` is what the row has added to those before it.
        traces: how often something was compiled while it was timed.
        steps: blocks of training steps, one per round; ``forwards`` likewise.
        first_steps: the first step of each turn, which is slower and used nowhere;
            ``first_forwards`` likewise.
    """

    first_step_s: Seconds
    first_forward_s: Seconds
    check_s: Seconds
    peak_memory: Count | None
    traces: Count | None
    steps: list[Sample]
    forwards: list[Sample]
    first_steps: list[Sample]
    first_forwards: list[Sample]
    added_memory: Count | None = None


class RowTiming(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a timing record; what is not known is None.

    Attributes:
        row: backend and variant.
        status: how it ended; ``reason`` in one line unless ``ok``.
        params: number of parameters.
        flops: floating-point operations of a training step, ``forward_flops`` of a forward pass.
        parity_error: the largest error against the float64 oracle before it was timed, found in
            ``parity_tensor``; of a row that was wrong while it was timed, that one.
        audit_error: the largest in the rounds that were audited, found in ``audit_tensor``; None if
            there were none.
        audit_followed: whether training could be judged in one of them; None if that is not known.
        kernel: the code that ran, in the backend's words.
        steady_from: the first round, from 0, from which on the row is steady; see
            :mod:`rnnbench.measure.steady`.
        processes: the samples of each of its processes.
        data_hash: SHA-256 of the data it was timed with, None where its task makes its own.
        step_products: the matrix products that wait for each other.
    """

    row: Row
    status: Status
    reason: str | None = None
    params: Count | None = None
    flops: Count | None = None
    forward_flops: Count | None = None
    parity_error: float | None = None
    parity_tensor: str | None = None
    audit_error: float | None = None
    audit_tensor: str | None = None
    audit_followed: bool | None = None
    kernel: str | None = None
    steady_from: Count = 0
    processes: list[ProcessTiming] = []
    data_hash: str | None = None
    step_products: StepProducts | None = None


class Round(msgspec.Struct, frozen=True):
    """The conditions on the machine at the end of a round.

    Attributes:
        load: the one-minute load average, None where there is none.
        gpu_strangers: processes of others on the GPU, None on a CPU or if unknown.
    """

    load: Annotated[float, Meta(ge=0, le=1e9)] | None
    gpu_strangers: Count | None = None


class Timing(Record, frozen=True, kw_only=True, tag="timing"):
    """The timings of one comparison, taken and written together.

    Attributes:
        finished: in UTC.
        comparison: what was compared; ``key`` names it.
        length: time steps of a batch, None if no row was prepared.
        seconds: spent on timing.
        rows: in the order of the plan.
        rounds: the conditions of each.
        complete: False if it was interrupted; a resumed run times it again and writes another
            record, which then holds. So does ``--retry-failed`` if a row has failed.
        reused: the run that it was measured in, None if in this one.
        look: who else computed just before the run began to time; None if nobody looked.
        node: the machine it was measured on, by its name, in a run that was gathered from parts.
    """

    finished: str
    comparison: Comparison
    key: str
    length: Positive | None
    seconds: Seconds
    rows: list[RowTiming]
    rounds: list[Round]
    complete: bool = True
    reused: str | None = None
    look: Look | None = None
    node: str | None = None
