"""Nets in use: text written, and sequences given one step at a time."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from rnnbench.schema.comparison import Comparison
from rnnbench.schema.messages.message import Message
from rnnbench.schema.sample import StreamTurn
from rnnbench.schema.types import Count, Positive, Seconds


class Generate(Message, frozen=True):
    """Write text with the weights that the worker was opened with, in float64.

    Attributes:
        prompt: tokens that are told first.
        length: how many are written at most.
        temperature: with ``top_k`` and ``seed`` as in
            :class:`rnnbench.contracts.inference.sampling.Sampling`.
        device: where it is computed.
        beam: how many beginnings a beam search keeps; 1 for none.
    """

    variant: str
    prompt: list[Count]
    length: Positive
    temperature: float
    top_k: Count
    seed: Count
    device: str = "cpu"
    beam: Positive = 1


class Generated(Message, frozen=True):
    """What was written.

    Attributes:
        tokens: without the prompt, and without the end.
        kernel: the code that ran, in the backend's words.
    """

    tokens: list[Count]
    kernel: str


class PrepareStream(Message, frozen=True):
    """Build a row that is given one step at a time.

    Attributes:
        data_hash: as in :class:`~rnnbench.schema.messages.timing.Check`.
    """

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
