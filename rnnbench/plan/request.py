"""What was asked for on the command line."""

from __future__ import annotations

from dataclasses import dataclass, field

from rnnbench.schema.suite import Settings
from rnnbench.schema.types import Options


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line; None is left to the suite."""

    suite: str = "default"
    backends: str = "all"
    tasks: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    device: str = "cpu"
    threads: int | None = None
    seeds: int | None = None
    processes: int | None = None
    precision: float | None = None
    settings: Settings = field(default_factory=Settings)
    options: dict[str, Options] = field(default_factory=dict)
    pythons: dict[str, str] = field(default_factory=dict)
    plugins: tuple[str, ...] = ()
    timeout: float = 600.0
    memory_limit: int | None = None
