"""A row trained, and its weights saved."""

from __future__ import annotations

import msgspec

from rnnbench.schema.comparison import Comparison
from rnnbench.schema.messages.message import Message
from rnnbench.schema.row import Row
from rnnbench.schema.types import Count, Figure, Seconds


class Train(Message, frozen=True):
    """Train the row that was prepared, from the initial weights of ``seed``.

    Attributes:
        every: after so many steps, and again, it is scored on some of the held-out data; 0 for not
            before the end.
    """

    seed: int
    every: Count = 0


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
        scores: pairs of step and score on some of the held-out data, before the last step.
    """

    curve: list[tuple[Count, Figure]]
    score: Figure
    seconds: Seconds
    data_hash: str | None = None
    groups: list[tuple[Figure, Figure]] = msgspec.field(default_factory=list)
    grouped_by: str = ""
    best: Count | None = None
    stopped: Count | None = None
    scores: list[tuple[Count, Figure]] = msgspec.field(default_factory=list)


class Save(Message, frozen=True):
    """Write the weights that the last training was scored with to a file.

    Attributes:
        path: of the file.
        row: that was trained, with the seed ``seed``, in the run ``run``.
        score: what it was scored with.
        plugins: as in :class:`~rnnbench.schema.messages.timing.Check`.
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
