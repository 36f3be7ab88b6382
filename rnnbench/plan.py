"""From a suite and the command line to a plan: every comparison, every row, every seed."""

from __future__ import annotations

import dataclasses
import itertools
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from rnnbench import environments
from rnnbench import suite as suites
from rnnbench import threads as thread_pools
from rnnbench.errors import UsageError, unknown
from rnnbench.plugins import Registry
from rnnbench.rows import Row, select_rows
from rnnbench.sampling import Count, Positive
from rnnbench.suite import Block, Settings, Suite
from rnnbench.trial import Comparison, Options

if TYPE_CHECKING:
    pass

#: What a scaling run can vary; ``length`` is that of the sequences.
Over = Literal["length", "batch", "hidden", "layers"]


class Planned(msgspec.Struct, frozen=True):
    """One comparison of a plan.

    Attributes:
        comparison: what is compared.
        sizes: the same for people: ``T 50, batch 32, 2 → 64 → 1``.
        tokens: its inputs are tokens.
        max_time: seconds of timing.
        naive_score: what a predictor scores that has learnt nothing; ``naive_loss`` its loss.
        score_name: what the score is, with its unit.
        higher_is_better: its direction.
        data_hash: SHA-256 of the task's data, None where the task makes its own.
        task_version: see :class:`rnnbench.task.Task`.
        cell_plugin: distribution, version and source hash of the cell's plugin; ``task_plugin``
            likewise.
    """

    comparison: Comparison
    sizes: str
    tokens: bool
    max_time: float
    naive_score: float
    naive_loss: float
    score_name: str
    higher_is_better: bool
    data_hash: str | None
    task_version: Count
    cell_plugin: str
    task_plugin: str


class Plan(msgspec.Struct, frozen=True):
    """Everything that a run is going to do.

    Attributes:
        suite: the name or path it came from; ``suite_hash`` is the SHA-256 of the file, empty where
            there is none.
        comparisons: in the order they are run.
        rows: the same for each of them.
        seeds: each row is trained with each.
        processes: fresh ones that each row is timed in.
        precision: at which timing stops early.
        missing: backends that ``all`` would mean, were they installed.
        scale: what differs between the comparisons of a scaling run, None of any other.
        pythons: interpreters by the name of a backend or of an environment.
        plugins: the values of ``-p``.
        timeout: seconds that a worker may be silent.
        memory_limit: bytes of data that a worker may hold, None for no limit.
    """

    suite: str
    suite_hash: str
    comparisons: list[Planned]
    rows: list[Row]
    seeds: list[Count]
    processes: Positive
    precision: float
    missing: list[str]
    scale: Over | None = None
    pythons: dict[str, str] = {}
    plugins: list[str] = []
    timeout: float = 600.0
    memory_limit: Positive | None = None


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


def expand(request: Request, registry: Registry) -> Plan:
    """Turn a request into a plan.

    Raises:
        UsageError: for anything that can't be done, before anything is written or started.
    """
    suite, digest = suites.load(find_suite(request.suite, registry))
    return expand_suite(suite, digest, request, registry)


def expand_suite(suite: Suite, digest: str, request: Request, registry: Registry) -> Plan:
    """Turn a suite that has been read, and a request, into a plan; as :func:`expand`."""
    pythons = environments.resolve(suite.python | request.pythons)
    rows, missing = select_rows(request.backends, registry, pythons)
    threads = request.threads or thread_pools.available()
    if threads > thread_pools.available():
        raise UsageError(
            f"--threads {threads}: this process may use {thread_pools.available()} CPUs"
        )
    blocks = list(chosen_blocks(suite, request, registry))
    check_option_owners(request.options, blocks)
    for block in suite.block:
        check_option_owners(block.options, [block])
    planned: dict[str, Planned] = {}
    for block in blocks:
        max_time = request.settings.max_time or block.max_time or suite.max_time
        for task, cell in itertools.product(block.tasks, block.cells):
            one = comparison(task, cell, block, request, registry, threads)
            described = describe(one, max_time, registry)
            planned.setdefault(one.key, described)
    seeds = list(range(request.seeds or suite.seeds))
    return Plan(
        request.suite,
        digest,
        list(planned.values()),
        rows,
        seeds,
        request.processes or suite.processes,
        request.precision or suite.precision,
        missing,
        pythons=pythons,
        plugins=list(request.plugins),
        timeout=request.timeout,
        memory_limit=request.memory_limit,
    )


def find_suite(name: str, registry: Registry) -> Path:
    """Return the file of a suite by its name, or by its path, with ``/`` or ending in ``.toml``."""
    if name.endswith(".toml") or os.sep in name:
        return Path(name)
    if not registry.items("suite"):
        raise UsageError(f"no suite {name!r}: no tasks are installed; pip install ./tasks")
    found: Path = registry.find("suite", name)
    return found


def chosen_blocks(suite: Suite, request: Request, registry: Registry) -> Iterator[Block]:
    """Yield the suite's blocks with only the tasks and cells that were asked for.

    The first block takes any task and cell there is, a plugin's too; the others only their own.
    """
    for name in request.tasks:
        registry.find("task", name)
    for name in request.cells:
        registry.find("cell", name)
    for number, block in enumerate(suite.block):
        tasks = narrowed(block.tasks, request.tasks, anything=number == 0)
        cells = narrowed(block.cells, request.cells, anything=number == 0)
        if tasks and cells:
            yield msgspec.structs.replace(block, tasks=tasks, cells=cells)


def narrowed(own: list[str], asked: tuple[str, ...], anything: bool) -> list[str]:
    """Return ``asked``, out of ``own`` unless ``anything`` goes; ``own`` if nothing was asked."""
    if not asked:
        return own
    return [name for name in asked if anything or name in own]


def comparison(
    task: str, cell: str, block: Block, request: Request, registry: Registry, threads: int
) -> Comparison:
    """Return one task with one cell; the command line overrules the block, that the task."""
    registry.find("cell", cell)
    defaults = dataclasses.asdict(registry.find("task", task).defaults)
    sizes = {"dtype": "float32"} | defaults | given(block) | given(request.settings)
    if block.steps == 0:  # a block made for timing stays one
        sizes["steps"] = 0
    sizes["clip"] = sizes["clip"] or None
    task_options, cell_options = (
        block.options.get(name, {}) | request.options.get(name, {}) for name in (task, cell)
    )
    return Comparison(
        task=task,
        cell=cell,
        device=request.device,
        threads=threads,
        task_options=task_options,
        cell_options=cell_options,
        **{name: value for name, value in sizes.items() if name != "max_time"},
    )


def given(settings: Settings) -> dict[str, Any]:
    """Return the settings that are set."""
    values = {name: getattr(settings, name) for name in Settings.__struct_fields__}
    return {name: value for name, value in values.items() if value is not None}


def check_option_owners(options: dict[str, Options], blocks: Sequence[Block]) -> None:
    """Refuse an option of a task or a cell that is not run: it would do nothing."""
    for name in options:
        run = {own for block in blocks for own in (*block.tasks, *block.cells)}
        if name not in run:
            raise unknown("task or cell", name, run)


def describe(comparison: Comparison, max_time: float, registry: Registry) -> Planned:
    """Check a comparison and describe it for the table."""
    from rnnbench.probe import probe  # which imports autograd: reading a plan must not

    built = comparison.build(registry)
    built.task.check(comparison.batch)
    cell_plugin = registry.provenance("cell", comparison.cell)
    probe(built.cell, cell_plugin)
    model, problem = built.model, built.task.problem
    widths = [str(problem.inputs), *([str(model.embedding)] if model.embedding else [])]
    widths += [str(model.hidden)] * model.layers + [str(problem.outputs)]
    return Planned(
        comparison=comparison,
        sizes=f"{built.task.sizes}, batch {comparison.batch}, {' → '.join(widths)}",
        tokens=problem.tokens,
        max_time=max_time,
        naive_score=built.task.naive_score,
        naive_loss=built.task.naive_loss,
        score_name=built.task.score_name,
        higher_is_better=built.task.higher_is_better,
        data_hash=built.task.data_hash,
        task_version=built.task.version,
        cell_plugin=cell_plugin,
        task_plugin=registry.provenance("task", comparison.task),
    )
