"""What all messages are, and those that may answer any request."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from rnnbench.schema.status import Status
from rnnbench.text import one_line


class Message(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """The base of all messages; the field ``type`` holds the name of the class."""


class Progress(Message, frozen=True):
    """The number of training steps that are done.

    Only a larger number than before resets the timeout, and none beyond the last step: the
    evaluation that follows has no more than the time of one silence.
    """

    step: Annotated[int, Meta(ge=0)]


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
