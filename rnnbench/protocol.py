"""What the parent and a worker say to each other: one JSON message each way, over a pipe.

The parent asks; the worker answers each request with the reply of the same room, or ``Failed``.
Only ``Train`` is answered by several messages: ``Progress`` as often as there is any, then
``Trained``.
"""

from __future__ import annotations

import msgspec

from rnnbench.errors import Status
from rnnbench.trial import Comparison


class Message(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """The root of all messages, told apart by their class name."""


class Open(Message, frozen=True):
    """Import a backend and set the process up.

    Attributes:
        backend: its name.
        plugins: the values of ``-p`` that hold in the parent.
        threads: how many compute threads it may use.
    """

    backend: str
    plugins: list[str]
    threads: int


class Opened(Message, frozen=True):
    """The backend is ready.

    Attributes:
        versions: of the framework and its libraries.
        plugin: name and version of the distribution it comes from.
        devices: what it can compute on.
        threads: as the framework reports them, None if it can't.
        cpus: those this process is bound to, None where there is no affinity.
        denormals_flushed: whether denormal numbers are flushed to zero.
        seconds: how long importing took.
    """

    versions: dict[str, str]
    plugin: str | None
    devices: list[str]
    threads: int | None
    cpus: list[int] | None
    denormals_flushed: bool
    seconds: float


class Prepare(Message, frozen=True):
    """Build a row, check it against the oracle, run its first steps."""

    comparison: Comparison
    variant: str
    seed: int


class Prepared(Message, frozen=True):
    """The row is ready to be timed.

    Attributes:
        params: how many parameters the model has.
        parity_error: the largest error against the oracle, found in ``parity_tensor``.
        kernel: what really runs.
        first_step_s: the first training step, compilation included.
        step_s: a later training step, roughly.
        forward_s: a forward pass, roughly.
    """

    params: int
    parity_error: float
    parity_tensor: str
    kernel: str
    first_step_s: float
    step_s: float
    forward_s: float


class Turn(Message, frozen=True):
    """Run a block of training steps and a block of forward passes."""

    steps: int
    forwards: int


class Turned(Message, frozen=True):
    """How long the blocks took.

    Attributes:
        first_step_s: the first step after being resumed, which is slower and not part of the block.
        step_s: seconds per step over the block, one synchronisation at each end.
        forward_s: the same for the forward passes.
    """

    first_step_s: float
    step_s: float
    forward_s: float


class Finish(Message, frozen=True):
    """The timing of this row is over."""


class Finished(Message, frozen=True):
    """What the row left behind.

    Attributes:
        peak_memory: bytes: of the process on a CPU, of the allocator on a GPU; None if unknown.
        traces: how often the framework traced or compiled while it was timed, None if unknown.
    """

    peak_memory: int | None
    traces: int | None


class Train(Message, frozen=True):
    """Train the row that was prepared, from the initial weights of ``seed``."""

    seed: int


class Progress(Message, frozen=True):
    """So many training steps are done."""

    step: int


class Trained(Message, frozen=True):
    """The result of a training.

    Attributes:
        curve: pairs of step (from 1) and training loss.
        score: on the held-out data.
        seconds: of training alone.
    """

    curve: list[tuple[int, float]]
    score: float
    seconds: float


class Failed(Message, frozen=True):
    """The request could not be carried out; the worker lives on.

    Attributes:
        status: how the row ends.
        reason: one line for the table.
        parity_error: with ``mismatch``, how large the error was.
    """

    status: Status
    reason: str
    parity_error: float | None = None


Request = Open | Prepare | Turn | Finish | Train
Reply = Opened | Prepared | Turned | Finished | Progress | Trained | Failed

encode = msgspec.json.Encoder().encode
decode_request = msgspec.json.Decoder(Request).decode
decode_reply = msgspec.json.Decoder(Reply).decode
