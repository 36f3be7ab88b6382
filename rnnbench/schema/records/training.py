"""The training of one row with one seed."""

from __future__ import annotations

import msgspec

from rnnbench.schema.records.record import Record
from rnnbench.schema.row import Row
from rnnbench.schema.status import Status
from rnnbench.schema.types import Count, Figure, Seconds


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
        scores: pairs of step and score on some of the held-out data, on the way; empty where there
            was no target to look for, and in older files.
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
    curve: list[tuple[Count, Figure]] = msgspec.field(default_factory=list)
    score: Figure | None = None
    seconds: Seconds | None = None
    data_hash: str | None = None
    groups: list[tuple[Figure, Figure]] = msgspec.field(default_factory=list)
    grouped_by: str = ""
    best: Count | None = None
    stopped: Count | None = None
    scores: list[tuple[Count, Figure]] = msgspec.field(default_factory=list)
    reused: str | None = None
    weights: str | None = None
    weights_hash: str | None = None
