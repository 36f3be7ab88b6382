"""Kinds of machines: what was measured on different ones is never ranked together.

Two nodes are of a kind if processor, CPUs, GPUs, system and Python are the same, the core and its
libraries, and what workers report of frameworks and plugins, as far as they have rows in common: a
framework that did not start on one of them tells nothing of the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from msgspec.structs import replace

from rnnbench.results.identity import core_versions, leaves, without_cpus
from rnnbench.results.parts.attempts import Attempt
from rnnbench.results.queries import opened_of, run_of
from rnnbench.schema.plan import Part
from rnnbench.schema.records.beginning import Run
from rnnbench.schema.records.kinds import AnyRecord
from rnnbench.schema.row import Row


class PartFile(NamedTuple):
    """What an attempt has measured.

    Attributes:
        attempt: at which part.
        size: of its file, in bytes.
        records: what the file holds.
        part: which part it is.
    """

    attempt: Attempt
    size: int
    records: Sequence[AnyRecord]
    part: Part

    @property
    def run(self) -> Run:
        """How it was begun."""
        return run_of(self.records)


@dataclass(eq=False)  # each is itself alone, and a key
class Kind:
    """The files that were measured on machines of one kind.

    Attributes:
        machine: what machines of the kind share; ``core`` the versions of what computes on them.
        opened: what workers report there, by row.
        files: in order.
    """

    machine: dict[str, Any]
    core: dict[str, Any]
    opened: dict[Row, dict[str, Any]] = field(default_factory=dict)
    files: list[PartFile] = field(default_factory=list)

    def computes_as(self, other: Kind) -> bool:
        """Return whether the same code computes on both, whatever the machines."""
        shared = self.opened.keys() & other.opened.keys()
        alike = all(self.opened[row] == other.opened[row] for row in shared)
        return self.core == other.core and alike


def kinds_of(files: Iterable[PartFile]) -> list[Kind]:
    """Return files by the kind of their machine, that of the first file first."""
    kinds: list[Kind] = []
    for one in files:
        own = kind_of(one)
        same = (k for k in kinds if k.machine == own.machine and k.computes_as(own))
        kind = next(same, own)
        if kind is own:
            kinds.append(kind)
        kind.opened = own.opened | kind.opened
        kind.files.append(one)
    return kinds


def kind_of(one: PartFile) -> Kind:
    """Return what machines of the kind of this one share; memory that a system keeps varies."""
    run, opened = one.run, opened_of(one.records)
    threads = sorted({planned.comparison.threads for planned in run.plan.comparisons})
    machine = leaves([replace(run.machine, memory_gib=0.0), threads])
    core = leaves([run.rnnbench, run.source, core_versions(run), run.plan.allocator])
    return Kind(machine, core, {row: leaves(without_cpus(o)) for row, o in opened.items()})
