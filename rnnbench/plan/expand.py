"""From a suite and the command line to a plan: every comparison, every row, every seed."""

from __future__ import annotations

from collections.abc import Sequence

from rnnbench.errors import UsageError
from rnnbench.plan import environments, suite_files
from rnnbench.plan.comparisons import make_comparison
from rnnbench.plan.description import describe
from rnnbench.plan.grids import check_option_owners, select_grids
from rnnbench.plan.networks import networks_and_cells
from rnnbench.plan.request import Request
from rnnbench.plan.rows import select_rows
from rnnbench.plugins.registry import Registry
from rnnbench.schema.plan import Plan, Planned
from rnnbench.schema.suite import Grid, Suite
from rnnbench.system import strangers
from rnnbench.system import threads as thread_pools


def expand(request: Request, registry: Registry) -> Plan:
    """Turn a request into a plan.

    Raises:
        UsageError: for anything that can't be done, before anything is written or started.
    """
    loaded = suite_files.load(suite_files.find(request.suite, registry))
    suite_files.check_names(loaded, request, registry)
    return expand_suite(loaded.suite, loaded.digest, request, registry)


def expand_suite(suite: Suite, digest: str, request: Request, registry: Registry) -> Plan:
    """Turn a suite that has been read, and a request, into a plan.

    Args:
        suite: what is compared.
        digest: the SHA-256 of its file, empty where there is none.
        request: what overrules the suite.
        registry: the plugins.

    Raises:
        UsageError: as :func:`expand` does.
    """
    pythons = environments.resolve(suite.python | request.pythons)
    rows, missing = select_rows(request.backends, registry, pythons)
    threads = choose_threads(request.threads)
    grids = list(select_grids(suite, request, registry))
    check_option_owners(request.options, grids, registry)
    return Plan(
        request.suite,
        digest,
        plan_comparisons(grids, suite, request, registry, threads),
        rows,
        list(range(request.seeds or suite.seeds)),
        request.processes or suite.processes,
        request.precision or suite.precision,
        missing,
        pythons=pythons,
        plugins=list(request.plugins),
        timeout=request.timeout,
        memory_limit=request.memory_limit,
    )


def choose_threads(asked: int | None) -> int:
    """Return how many threads each worker uses: as many as asked for, else as there are CPUs.

    Raises:
        UsageError: if there are fewer CPUs than threads were asked for.
    """
    available = thread_pools.available()
    if asked and asked > available:
        raise UsageError(f"--threads {asked}: this process may use {available} CPUs")
    return asked or available


def plan_comparisons(
    grids: Sequence[Grid], suite: Suite, request: Request, registry: Registry, threads: int
) -> list[Planned]:
    """Return every task of each grid with its networks and cells; what grids share once."""
    planned: dict[str, Planned] = {}
    with strangers.witnessed(), strangers.in_hand("a plugin"):
        for grid in grids:
            max_time = request.settings.max_time or grid.max_time or suite.max_time
            for task in grid.tasks:
                for network, cell in networks_and_cells(task, grid, request, registry):
                    with strangers.in_hand(f"task {task!r}, network {network!r} or cell {cell!r}"):
                        comparison = make_comparison(
                            task, network, cell, grid, request, registry, threads
                        )
                        described = describe(comparison, max_time, registry)
                    planned.setdefault(comparison.key, described)
    return list(planned.values())
