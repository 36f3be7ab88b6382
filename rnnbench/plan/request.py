"""What was asked for on the command line."""

from __future__ import annotations

from dataclasses import dataclass, field

from rnnbench.schema.suite import Settings
from rnnbench.schema.types import Allocator, Options
from rnnbench.weights.file import Weights


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line; what is None is left to the suite.

    Attributes:
        suite: the name of a suite or the path of its file.
        backends: the value of ``--backends``; see :func:`rnnbench.plan.rows.select_rows`; ``all``
            are those of the suite where it names some.
        tasks: names of tasks, empty for those of the suite; ``cells`` and ``networks`` likewise.
        device: ``cpu`` or ``gpu:0`` ...
        devices: those that each batch is split over, of which ``device`` is the first; empty for
            one.
        threads: CPU threads of each worker, None for as many as there are.
        seeds: how often each row is trained.
        processes: fresh processes that each row is timed in.
        precision: half the relative width of the ratios' intervals at which timing stops early.
        settings: sizes and training, which overrule those of suite and task.
        options: options by the name of a task, a cell or a network.
        pythons: interpreters by the name of a backend or of an environment.
        plugins: the values of ``-p``.
        timeout: seconds that a worker may be silent.
        memory_limit: bytes of data that a worker may hold, None for no limit.
        allocator: what workers do with memory that a step has freed.
        weights: trained ones that rows begin with, None to draw them.
        save_weights: whether those of each training are written to a file.
        models: nets of the user's, as ``mynet.py:Net``.
        scaled: whether blocks are run at their scaled sizes, where they have some.
    """

    suite: str = "default"
    backends: str = "all"
    tasks: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    device: str = "cpu"
    devices: tuple[str, ...] = ()
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
    allocator: Allocator = "default"
    weights: Weights | None = None
    save_weights: bool = False
    scaled: bool = False
    models: tuple[str, ...] = ()
