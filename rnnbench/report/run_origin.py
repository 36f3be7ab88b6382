"""How a run was made: with what, on which machine, when, and by which command."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import msgspec

from rnnbench.results.queries import opened_of, run_of
from rnnbench.results.runs.names import stamp
from rnnbench.schema.machine import Machine
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.types import Allocator
from rnnbench.text import duration, plain

#: How many comparisons that are missing are named.
MOST_NAMED = 3


class Made(msgspec.Struct, frozen=True):
    """How a run was made, and how to make it again.

    Attributes:
        run: its id, empty before schema 4.
        name: what its user calls it, None if nothing.
        started: in UTC.
        seconds: until its last record.
        rnnbench: the version of the core; ``git`` is its commit, None outside a checkout.
        versions: of the frameworks, by backend and environment.
        machine: the computer; its GPUs are named only where one was used.
        command: the command line.
        allocator: what workers did with memory that a step had freed.
        missing: the comparisons of its plan that it has no rows of, as one that was broken off.
    """

    run: str
    name: str | None
    started: str
    seconds: float
    rnnbench: str
    git: str | None
    versions: dict[str, str]
    machine: Machine
    command: Sequence[str]
    allocator: Allocator = "default"
    missing: Sequence[str] = ()

    @property
    def place(self) -> str:
        """The computer in words."""
        one = self.machine
        return ", ".join([one.cpu, f"{one.cpus} CPUs", *one.gpus, one.system])

    @property
    def places(self) -> list[str]:
        """What the computer may be called beside others, the shortest first."""
        one = self.machine
        gpus = ", ".join(gpu.partition(",")[0] for gpu in one.gpus)  # without their drivers
        cpus = f"{one.cpu}, {one.cpus} CPUs"
        return [*filter(None, [gpus]), ", ".join(filter(None, (cpus, gpus))), self.place]

    @property
    def with_what(self) -> str:
        """The versions in words, and that workers kept their memory if they were told to."""
        frameworks = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        kept = "memory kept" if self.allocator == "kept" else ""
        return " · ".join(filter(None, (f"rnnbench {self.rnnbench}", frameworks, kept)))

    @property
    def when(self) -> str:
        """When it began, to the minute."""
        return f"{self.started[:16].replace('T', ' ')} UTC"

    @property
    def again(self) -> str:
        """The command that repeats it, as one types it; empty where it is none of ours."""
        return shlex.join(self.command) if self.command[:1] == ["rnnbench"] else ""

    @property
    def heading(self) -> str:
        """The name of the run, with what, where, when and how long it was measured, and how far."""
        took = f"took {duration(self.seconds)}" if self.seconds else ""
        parts = (self.name, self.with_what, self.place, self.when, took, self.unfinished)
        return plain(" · ".join(filter(None, parts)))

    @property
    def lines(self) -> list[str]:
        """What stands below a table: the run, with what, where, when, and how to repeat it."""
        name = f"run {self.called}"
        told = " · ".join((name, self.with_what, self.place, self.when))
        again = f"repeat it with: {self.again}" if self.again else ""
        return list(filter(None, (told, self.unfinished, again)))

    @property
    def unfinished(self) -> str:
        """Which comparisons were planned and not measured; empty where all were."""
        if not self.missing:
            return ""
        names = list(dict.fromkeys(self.missing))
        rest = [f"{len(names) - MOST_NAMED} more"] * (len(names) > MOST_NAMED)
        return f"planned, and not measured: {', '.join([*names[:MOST_NAMED], *rest])}"

    @property
    def called(self) -> str:
        """What the run is called: its name, or as its folder is by when it began."""
        return self.name or stamp(self.started)

    @property
    def names(self) -> list[str]:
        """What the run may be called beside others, the shortest first."""
        return [self.called, f"{self.called}, {self.when}", f"{self.called}, {self.run}"]


def made(records: Sequence[AnyRecord], elapsed: float | None = None) -> Made:
    """Return how a run was made.

    Args:
        records: of the run.
        elapsed: seconds from its beginning to its last record, where that may not be among them.
    """
    run = run_of(records)
    opened = {row.place: (row, reply) for row, reply in opened_of(records).items()}
    on_gpu = any(one.comparison.device != "cpu" for one in run.plan.comparisons)
    return Made(
        run=run.run,
        name=run.name,
        started=run.started,
        seconds=max(one.elapsed for one in records) if elapsed is None else elapsed,
        rnnbench=run.rnnbench,
        git=run.git,
        versions={
            place: reply.versions[row.backend]
            for place, (row, reply) in opened.items()
            if row.backend in reply.versions
        },
        machine=run.machine if on_gpu else msgspec.structs.replace(run.machine, gpus=[]),
        command=run.command,
        allocator=run.plan.allocator,
    )


def heading(records: Sequence[AnyRecord]) -> str:
    """Return the name of a run, and with what, when, where and how long it was measured."""
    return made(records).heading
