"""The computer of a run."""

from __future__ import annotations

import msgspec

from rnnbench.schema.types import Count, NotNegative, Positive


class Machine(msgspec.Struct, frozen=True):
    """The computer of a run.

    Attributes:
        system: operating system and release.
        cpu: the processor's name.
        cpus: how many this process may use.
        memory_gib: physical memory.
        load: the one-minute load average when the run began, None where there is none.
        python: the interpreter.
        gpus: the name and the driver of each NVIDIA GPU.
        node: what it is called among the machines that share a run; None where a run has one, whose
            name is nobody's business, and where several of a kind have measured it.
    """

    system: str
    cpu: str
    cpus: Count
    memory_gib: float
    load: float | None
    python: str
    gpus: list[str] = []
    node: str | None = None


class Busy(msgspec.Struct, frozen=True):
    """A process that computed while somebody looked.

    Attributes:
        name: of its program.
        pid: its number.
        cpus: how many CPUs it used.
    """

    name: str
    pid: int
    cpus: NotNegative


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What the CPUs of a machine did in a second in which we slept.

    Attributes:
        cpus: how many there are.
        used: how many of them others used, also such as can't be seen from here.
        stolen: how many a hypervisor gave to other machines, None if not counted.
        busiest: the processes that used most, the busiest first, as far as they can be seen.
    """

    cpus: Positive
    used: NotNegative
    stolen: NotNegative | None
    busiest: list[Busy] = []
