"""The beginning of a run: what was planned, where, and the workers that were started."""

from __future__ import annotations

import msgspec

from rnnbench.schema.machine import Machine
from rnnbench.schema.messages.opening import Opened
from rnnbench.schema.plan import Plan
from rnnbench.schema.records.record import Record
from rnnbench.schema.row import Row
from rnnbench.schema.types import Count


class Gathered(msgspec.Struct, frozen=True):
    """A file that a run was gathered from: what one attempt at a part has measured.

    Attributes:
        attempt: its name: ``0003-of-0012.0``.
        size: of the file, in bytes.
        run: its id.
        node: the machine, by its name.
    """

    attempt: str
    size: Count
    run: str
    node: str | None = None


class Run(Record, frozen=True, kw_only=True, tag="run"):
    """The first record: the plan and the machine.

    Attributes:
        schema: :data:`~rnnbench.schema.records.record.SCHEMA` of the writer.
        started: in UTC.
        name: what its user calls it, None if nothing.
        rnnbench: the version of the core, and ``source`` the hash of its files.
        distributions: the versions of the plugins and of what the core computes with.
        git: the commit it ran from, None outside a checkout.
        command: the command line.
        machine: the computer.
        plan: the plan.
        gathered: the files that it was gathered from, where it was measured in parts.
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
    gathered: list[Gathered] = msgspec.field(default_factory=list)


class Resumed(Record, frozen=True, kw_only=True, tag="resumed"):
    """The start of a resumption: the records that follow were made then.

    Attributes:
        started: in UTC.
        command: the command line.
    """

    started: str
    command: list[str]


class Interrupted(Record, frozen=True, kw_only=True, tag="interrupted"):
    """The end of a run that a signal has ended: its ``elapsed`` counts what was begun in vain."""


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
