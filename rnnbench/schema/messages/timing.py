"""A row proved, prepared, timed in turns and audited."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from rnnbench.schema.comparison import Comparison
from rnnbench.schema.messages.message import Message
from rnnbench.schema.sample import Sample
from rnnbench.schema.step_product import StepProducts
from rnnbench.schema.types import Count, Positive, Seconds


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
    """The row computes the same function as the oracle, or one that no oracle knows.

    Attributes:
        parity_error: the largest error, found in ``parity_tensor``; None of a user's own net.
        seconds: how long that took.
    """

    parity_error: float | None
    parity_tensor: str | None
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
        step_products: those that wait for each other, None where there are none or they can't be
            counted.
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
    step_products: StepProducts | None = None


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
