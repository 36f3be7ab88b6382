"""Which networks a task is run with, and which cells those are made of."""

from __future__ import annotations

from collections.abc import Iterator

from rnnbench.plan.build import Tasks
from rnnbench.plan.request import Request
from rnnbench.schema.suite import Grid
from rnnbench.schema.types import Options

#: In a list of networks: every one that a task admits.
ALL = "all"


def networks_and_cells(
    task: str, grid: Grid, request: Request, made: Tasks
) -> Iterator[tuple[str, str]]:
    """Yield each network of a grid that ``task`` is run with, and its cells.

    A network without cells comes once, its cell being empty.

    Raises:
        UsageError: if there is no such task or network, or the task can't take its options.
    """
    for network in select_networks(task, grid, request, made):
        cells = grid.cells if made.registry.find("network", network).uses_cell else [""]
        yield from ((network, cell) for cell in cells)


def select_networks(task: str, grid: Grid, request: Request, made: Tasks) -> list[str]:
    """Return the networks of a grid, of :data:`ALL` those that have outputs for the task."""
    if ALL not in grid.networks:
        return grid.networks
    targets = made.of(task, options_of(task, grid, request)).problem.targets
    fitting = [name for name, known in made.registry.networks.items() if targets in known.solves]
    return list(dict.fromkeys([*(name for name in grid.networks if name != ALL), *fitting]))


def options_of(name: str, grid: Grid, request: Request) -> Options:
    """Return the options of a task, a cell or a network; the command line overrules the grid."""
    return grid.options.get(name, {}) | request.options.get(name, {})
