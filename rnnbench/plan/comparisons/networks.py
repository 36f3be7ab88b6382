"""Which networks a task is run with, and which cells those are made of."""

from __future__ import annotations

from rnnbench.contracts.values import guarded
from rnnbench.errors import about
from rnnbench.models.network import unfit
from rnnbench.plan.comparisons.build import Tasks, configured
from rnnbench.plan.request import Request
from rnnbench.plugins.registry import Registry
from rnnbench.schema.comparison import NETWORK
from rnnbench.schema.suite import Grid
from rnnbench.schema.types import Options

#: In a list of networks: every one that a task admits; in a suite's list of cells: every one.
ALL = "all"


def select_networks(
    task: str, grid: Grid, request: Request, made: Tasks
) -> tuple[list[str], list[str]]:
    """Return the networks of a grid that a task is run with, and a line on each that is left out.

    What is named is not left out: that it is not for the task is an error where it is built. Where
    none is named, and the usual one is not for the task, it is the only one that is.

    Raises:
        UsageError: if there is no such task, or it or a network can't take its options.
    """
    if only := the_only_one(task, grid, request, made):
        return only
    named = request.networks or grid.networks
    every = made.registry.networks if ALL in grid.networks else {}
    selected, notes = [], []
    for name in dict.fromkeys([*grid.networks, *every]):
        if name == ALL:
            continue
        reason = None if name in named else unfit_for(task, name, grid, request, made)
        if reason is None:
            selected.append(name)
        else:
            notes.append(f"{task}: {reason}, so it is left out")
    return selected, notes


def the_only_one(
    task: str, grid: Grid, request: Request, made: Tasks
) -> tuple[list[str], list[str]] | None:
    """Return the only network for a task, and a line on that, where none was asked for.

    None where one was, where the usual one is for the task, or where there are several.
    """
    if request.networks or grid.networks != [NETWORK]:
        return None
    reason = unfit_for(task, NETWORK, grid, request, made)
    targets = made.of(task, options_of(task, grid, request)).problem.targets
    able = [name for name, known in made.registry.networks.items() if targets in known.solves]
    if reason is None or len(able) != 1 or able == [NETWORK]:
        return None
    return able, [f"{task}: {reason}, so {able[0]} is run in its place"]


def unfit_for(task: str, name: str, grid: Grid, request: Request, made: Tasks) -> str | None:
    """Return why a network is not for a task, None if it is; see :func:`select_networks`."""
    registry = made.registry
    with about(("options", task)):
        problem = made.of(task, options_of(task, grid, request)).problem
    with about(("options", name)):
        network = configured("network", name, registry, options_of(name, grid, request))
    who = f"network {name!r} of {registry.provenance('network', name)}"
    return guarded(who, "what it is for", lambda: unfit(network, problem))


def cells_of(network: str, grid: Grid, registry: Registry) -> list[str]:
    """Return the cells that a network of a grid is made of: one that is empty if of none."""
    if not registry.find("network", network).uses_cell:
        return [""]
    every = registry.cells if ALL in grid.cells else {}
    return [name for name in dict.fromkeys([*grid.cells, *every]) if name != ALL]


def options_of(name: str, grid: Grid, request: Request) -> Options:
    """Return the options of a task, a cell or a network; the command line overrules the grid."""
    return grid.options.get(name, {}) | request.options.get(name, {})
