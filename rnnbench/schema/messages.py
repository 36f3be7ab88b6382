"""Messages between the parent and a worker, in JSON.

The worker answers each request of the parent with the reply that stands below it, or ``Failed``.
``Train`` and ``Generate`` are answered by several messages: any number of ``Progress``, then the
reply; ``Turn`` by one ``Progress`` when what precedes the timed part is done, then ``Turned``. See
:mod:`rnnbench.system.processes.channel` for the way they are sent.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from rnnbench.schema.comparison import Comparison
from rnnbench.schema.row import Row
from rnnbench.schema.sample import Sample
from rnnbench.schema.status import Status
from rnnbench.schema.streaming import StreamTurn
from rnnbench.schema.types import Count, Figure, Positive, Seconds
from rnnbench.text import one_line

#: Rows and columns of a square matrix.
MatrixSize = Annotated[int, Meta(ge=1, le=1 << 16)]


class Message(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """The base of all messages; the field ``type`` holds the name of the class."""


class Open(Message, frozen=True):
    """Import a backend and set the process up.

    Attributes:
        backend: its name.
        plugins: the values of ``-p`` that hold in the parent.
        threads: how many compute threads it may use.
        memory_limit: bytes of data that the process may hold, None for no limit.
        weights: the file of trained weights that rows begin with, empty where they are drawn.
    """

    backend: str
    plugins: list[str]
    threads: int
    memory_limit: Positive | None = None
    weights: str = ""


class Opened(Message, frozen=True, forbid_unknown_fields=False):
    """The backend is ready.

    Attributes:
        versions: of the framework and its libraries.
        plugin: distribution, version and source hash of the plugin it comes from.
        devices: what it can compute on.
        threads: as the framework reports them, None if it can't.
        cpus: those this process is bound to, None where there is no affinity.
        denormals_flushed: whether denormal numbers are flushed to zero.
        matmul: in which precision float32 products are computed, None if it can't tell.
        seconds: how long importing took.
        kernels: where the variants come from that other plugins add.
        python: the interpreter's version.
        settings: those variables of its environment that frameworks read.
        memory: resident bytes of the process now, before any model; None if unknown.
    """

    versions: dict[str, str]
    plugin: str | None
    devices: list[str]
    threads: Count | None
    cpus: list[Count] | None
    denormals_flushed: bool
    matmul: str | None
    seconds: Seconds
    kernels: dict[str, str] = {}
    python: str | None = None
    settings: dict[str, str] = {}
    memory: Count | None = None


class Gemm(Message, frozen=True):
    """Measure the framework's own matrix product, in so many blocks.

    Attributes:
        size: rows and columns of the matrices, None to look for those with the best rate.
    """

    device: str
    dtype: str
    blocks: Positive
    size: MatrixSize | None = None


class Gemmed(Message, frozen=True):
    """Samples of the fastest matrix product.

    Attributes:
        size: rows and columns of the matrices.
        samples: blocks of products.
    """

    size: MatrixSize
    samples: Annotated[list[Sample], Meta(min_length=1)]


class Check(Message, frozen=True):
    """Compare a row with the oracle.

    Attributes:
        data_hash: SHA-256 of the data that the plan was made with, None where a task makes its own.
        plugins: those of the cell, the task and the network that the plan was made with, by version
            and source, empty where there is none; the worker may run in another environment.
    """

    comparison: Comparison
    variant: str
    seed: int
    data_hash: str | None
    plugins: tuple[str, str, str]


class Checked(Message, frozen=True):
    """The row computes the same function as the oracle.

    Attributes:
        parity_error: the largest error, found in ``parity_tensor``.
        seconds: how long that took.
    """

    parity_error: float
    parity_tensor: str
    seconds: Seconds


class Prepare(Message, frozen=True):
    """Build a row and run its first steps; ``data_hash`` as in :class:`Check`."""

    comparison: Comparison
    variant: str
    seed: int
    data_hash: str | None = None


class Prepared(Message, frozen=True):
    """The row is ready to be timed.

    Attributes:
        params: how many parameters the model has.
        flops: floating-point operations of a training step, ``forward_flops`` of a forward pass;
            None where a part of the model is not portable and can't be counted.
        length: time steps of a batch.
        kernel: the code that runs, in the backend's words.
        first_step_s: the first training step, compilation included.
        first_forward_s: the first forward pass, likewise.
        step_s: a later training step, roughly.
        forward_s: a forward pass, roughly.
        data_hash: SHA-256 of the data that it uses, None where the task makes its own.
    """

    params: Count
    flops: Count | None
    forward_flops: Count | None
    length: Positive
    kernel: str
    first_step_s: Seconds
    first_forward_s: Seconds
    step_s: Annotated[float, Meta(gt=0, le=1e9)]
    forward_s: Annotated[float, Meta(gt=0, le=1e9)]
    data_hash: str | None = None


class Turn(Message, frozen=True):
    """Run a block of forward passes and a block of training steps, from a start that is drawn.

    Whether it will be audited is decided when it is over.

    Attributes:
        steps: calls in the block of training steps, one before it not counted.
        forwards: likewise.
        draw: the weights and the state that it starts from.
    """

    steps: Positive
    forwards: Positive
    draw: Count = 0


class Turned(Message, frozen=True):
    """The timings of one turn.

    Attributes:
        first_step: the first step after the process was resumed, which is slower and belongs to no
            block; ``first_forward`` likewise.
        steps: the block of training steps.
        forwards: the block of forward passes.
    """

    first_step: Sample
    steps: Sample
    first_forward: Sample
    forwards: Sample


class Audit(Message, frozen=True):
    """Tell what the last turn has left behind.

    Attributes:
        entries: draws the entries of each tensor that are told.
    """

    entries: Count


class Audited(Message, frozen=True):
    """What a turn has left behind; None stands for what is no finite number.

    Attributes:
        losses: of all its steps, the first included.
        params: entries of the parameters after them, by name.
        outputs: entries of the outputs of one forward pass, which the draw of the turn chooses.
        late_s: how much longer it took to read them than to read copies of them: work that was
            left undone until then.
    """

    losses: list[float | None]
    params: dict[str, list[float | None]]
    outputs: list[float | None]
    late_s: Seconds


class Finish(Message, frozen=True):
    """The timing of this row is over."""


class Finished(Message, frozen=True):
    """The memory and the compilations of a row that was timed.

    Attributes:
        peak_memory: bytes: of the process on a CPU, of the allocator on a GPU; None if unknown.
        traces: how often the framework traced or compiled while it was timed, None if unknown.
        added_memory: that peak less what the process or the allocator held just before the row was
            built.
    """

    peak_memory: Count | None
    traces: Count | None
    added_memory: Count | None = None


class Train(Message, frozen=True):
    """Train the row that was prepared, from the initial weights of ``seed``."""

    seed: int


class Progress(Message, frozen=True):
    """The number of training steps that are done.

    Only a larger number than before resets the timeout, and none beyond the last step: the
    evaluation that follows has no more than the time of one silence.
    """

    step: Annotated[int, Meta(ge=0)]


class Trained(Message, frozen=True):
    """The result of a training.

    Attributes:
        curve: pairs of step (from 1) and training loss.
        score: on the held-out data.
        seconds: of training alone.
        data_hash: SHA-256 of the data that it used, None where the task makes its own.
        groups: pairs of a number and the score of the held-out examples that it is told of.
        grouped_by: what the number is.
        best: with early stopping, the step whose weights were scored, and ``stopped`` the last one
            of a training that ended before its time; None where there is none.
    """

    curve: list[tuple[Count, Figure]]
    score: Figure
    seconds: Seconds
    data_hash: str | None = None
    groups: list[tuple[Figure, Figure]] = []
    grouped_by: str = ""
    best: Count | None = None
    stopped: Count | None = None


class Save(Message, frozen=True):
    """Write the weights that the last training was scored with to a file.

    Attributes:
        path: of the file.
        row: that was trained, with the seed ``seed``, in the run ``run``.
        score: what it was scored with.
        plugins: as in :class:`Check`.
    """

    path: str
    comparison: Comparison
    row: Row
    seed: Count
    run: str
    score: Figure
    plugins: tuple[str, str, str]


class Saved(Message, frozen=True):
    """The weights are on disk.

    Attributes:
        sha256: of the file.
    """

    sha256: str


class Generate(Message, frozen=True):
    """Write text with the weights that the worker was opened with, in float64.

    Attributes:
        prompt: tokens that are told first.
        length: how many are written at most.
        temperature: see :class:`rnnbench.contracts.sampling.Sampling`, as ``top_k`` and ``seed``.
    """

    variant: str
    prompt: list[Count]
    length: Positive
    temperature: float
    top_k: Count
    seed: Count


class Generated(Message, frozen=True):
    """What was written.

    Attributes:
        tokens: without the prompt, and without the end.
        kernel: the code that ran, in the backend's words.
    """

    tokens: list[Count]
    kernel: str


class PrepareStream(Message, frozen=True):
    """Build a row that is given one step at a time; ``data_hash`` as in :class:`Check`."""

    comparison: Comparison
    variant: str
    seed: int
    data_hash: str | None = None


class StreamPrepared(Message, frozen=True):
    """The row is ready to be given one step after the other.

    Attributes:
        params: how many parameters the model has.
        kernel: the code that runs, in the backend's words.
        first_step_s: the first step, compilation included.
        step_s: a later step, roughly.
    """

    params: Count
    kernel: str
    first_step_s: Seconds
    step_s: Annotated[float, Meta(gt=0, le=1e9)]


class TakeStream(Message, frozen=True):
    """Take a block of steps, each with its input, after one that is not counted.

    Attributes:
        steps: how many.
        draw: the weights, the state and the inputs.
    """

    steps: Positive
    draw: Count


class StreamTaken(Message, frozen=True):
    """The steps were taken."""

    turn: StreamTurn


class AskStream(Message, frozen=True):
    """Tell what the last block has left behind.

    Attributes:
        entries: draws the entries of the outputs that are told.
    """

    entries: Count


class StreamTold(Message, frozen=True):
    """Entries of the outputs of all steps; None stands for what is no finite number."""

    outputs: list[float | None]


class Failed(Message, frozen=True):
    """The request could not be carried out; the worker lives on.

    Attributes:
        status: how the row ends.
        reason: one line for the table; whatever it was is made one, where it is sent and where it
            comes in.
        parity_error: with ``mismatch``, how large the error was.
    """

    status: Status
    reason: str
    parity_error: float | None = None

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "reason", one_line(self.reason))


Request = (
    Open
    | Gemm
    | Check
    | Prepare
    | Turn
    | Audit
    | Finish
    | Train
    | Save
    | Generate
    | PrepareStream
    | TakeStream
    | AskStream
)
Reply = (
    Opened
    | Gemmed
    | Checked
    | Prepared
    | Turned
    | Audited
    | Finished
    | Progress
    | Trained
    | Saved
    | Generated
    | StreamPrepared
    | StreamTaken
    | StreamTold
    | Failed
)

encode = msgspec.json.Encoder().encode
decode_request = msgspec.json.Decoder(Request).decode
decode_reply = msgspec.json.Decoder(Reply).decode
