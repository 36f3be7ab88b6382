"""The records of a results file: what was planned, started, timed and trained."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from rnnbench.schema.comparison import Comparison
from rnnbench.schema.machine import Look, Machine
from rnnbench.schema.messages import Opened
from rnnbench.schema.plan import Plan
from rnnbench.schema.row import Row
from rnnbench.schema.sample import Sample
from rnnbench.schema.status import Status
from rnnbench.schema.streaming import RowStreaming
from rnnbench.schema.types import Count, Figure, Positive, Seconds

#: Raised whenever a field changes its meaning. New fields and new kinds of record don't raise it:
#: a reader that does not know them ignores them.
SCHEMA = 4
#: The oldest that is read. Its lines have no checksum; no line before schema 4 names its run.
OLDEST = 2


class Record(msgspec.Struct, frozen=True, tag_field="record", tag=str.lower, kw_only=True):
    """The base of all records; the field ``record`` holds the kind.

    Attributes:
        run: the run that it belongs to, drawn at random when that began; set when it is written, as
            is ``elapsed``. Empty before schema 4.
        elapsed: seconds since the run began.
    """

    run: str = ""
    elapsed: float = 0.0


class Run(Record, frozen=True, kw_only=True, tag="run"):
    """The first record: the plan and the machine.

    Attributes:
        schema: :data:`SCHEMA` of the writer.
        started: in UTC.
        name: what its user calls it, None if nothing.
        rnnbench: the version of the core, and ``source`` the hash of its files.
        distributions: the versions of the plugins and of what the core computes with.
        git: the commit it ran from, None outside a checkout.
        command: the command line.
        machine: the computer.
        plan: the plan.
    """

    schema: int
    started: str
    name: str | None = None
    rnnbench: str
    source: str | None = None
    distributions: dict[str, str]
    git: str | None
    command: list[str]
    machine: Machine
    plan: Plan


class Resumed(Record, frozen=True, kw_only=True, tag="resumed"):
    """The start of a resumption: the records that follow were made then.

    Attributes:
        started: in UTC.
        command: the command line.
    """

    started: str
    command: list[str]


class Worker(Record, frozen=True, kw_only=True, tag="worker"):
    """A worker that was started: versions, threads and devices as it reported them.

    Attributes:
        row: the row that it computes.
        process: the number of the process among those of the row, from 0.
        opened: its report.
    """

    row: Row
    process: Count
    opened: Opened


class Peak(Record, frozen=True, kw_only=True, tag="peak"):
    """The rate of a backend's matrix product at one moment of the run.

    See :mod:`rnnbench.measure.peak_rate`.

    Attributes:
        backend: the backend.
        device: the device; ``dtype`` is the type of the matrices.
        gflops: the best rate that was seen, in 10⁹ floating-point operations per second, None if
            it could not be measured. Whether anybody disturbed it, the samples tell.
        reason: why it could not, in one line.
        size: rows and columns of the matrices, 0 if not known.
        samples: blocks of products, empty in files that hold the best rate alone.
    """

    backend: str
    device: str
    dtype: str
    gflops: Annotated[float, Meta(ge=1e-6, le=1e9)] | None
    reason: str | None = None
    size: Count = 0
    samples: list[Sample] = []

    @property
    def operations(self) -> int:
        """Floating-point operations of one product."""
        return 2 * self.size**3


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


class Training(Record, frozen=True, kw_only=True, tag="training"):
    """The training of one row with one seed.

    Attributes:
        finished: in UTC.
        key: of the comparison.
        row: backend and variant.
        seed: of initial weights and data.
        status: how it ended; ``reason`` in one line unless ``ok``.
        curve: pairs of step and training loss.
        score: on held-out data.
        seconds: of training.
        data_hash: SHA-256 of the data that it was trained and scored on, None where its task makes
            its own.
        groups: pairs of a number, such as the length of sequences, and the score of the held-out
            examples that it is told of; empty where the task tells no groups apart.
        grouped_by: what the number is.
        best: with early stopping, the step whose weights were scored, and ``stopped`` the last one
            of a training that ended before its time; None where there is none.
        reused: the run that it was trained in, None if in this one.
        weights: the file of the weights that were scored, in the folder of the run; None where they
            were not saved. Its SHA-256 is ``weights_hash``.
    """

    finished: str
    key: str
    row: Row
    seed: Count
    status: Status
    reason: str | None = None
    curve: list[tuple[Count, Figure]] = []
    score: Figure | None = None
    seconds: Seconds | None = None
    data_hash: str | None = None
    groups: list[tuple[Figure, Figure]] = []
    grouped_by: str = ""
    best: Count | None = None
    stopped: Count | None = None
    reused: str | None = None
    weights: str | None = None
    weights_hash: str | None = None


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


AnyRecord = Run | Resumed | Worker | Peak | Timing | Training | Streaming
