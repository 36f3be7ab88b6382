"""From a suite and the command line to a plan: every comparison, every row, every seed."""

from __future__ import annotations

import dataclasses
import itertools
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from rnnbench.errors import UsageError, unknown
from rnnbench.plan import environments, suites
from rnnbench.plan.build import build
from rnnbench.plan.request import Request
from rnnbench.plan.rows import select_rows
from rnnbench.plugins.registry import Registry
from rnnbench.schema.comparison import Comparison
from rnnbench.schema.plan import Plan, Planned
from rnnbench.schema.suite import Block, Settings, Suite
from rnnbench.schema.types import Options
from rnnbench.system import threads as thread_pools


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
    from rnnbench.oracle.probe import probe  # which imports autograd: reading a plan must not

    built = build(comparison, registry)
    built.task.check(comparison.batch)
    cell_plugin = registry.provenance("cell", comparison.cell)
    probe(built.cell, cell_plugin)
    spec, problem = built.model.spec, built.task.problem
    widths = [str(problem.inputs), *([str(spec.embedding)] if spec.embedding else [])]
    widths += [str(spec.hidden)] * spec.layers + [str(problem.outputs)]
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
