"""The computer of a run."""

from __future__ import annotations

import msgspec

from rnnbench.schema.types import Count


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
    """

    system: str
    cpu: str
    cpus: Count
    memory_gib: float
    load: float | None
    python: str
    gpus: list[str] = []
