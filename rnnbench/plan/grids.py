"""The grids of a suite that a run takes: which of their tasks and cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from rnnbench.errors import unknown
from rnnbench.plan.request import Request
from rnnbench.plugins.registry import Registry
from rnnbench.schema.suite import Grid, Suite
from rnnbench.schema.types import Options


def select_grids(suite: Suite, request: Request, registry: Registry) -> Iterator[tuple[int, Grid]]:
    """Yield the suite's grids by number, with only the tasks and cells that were asked for.

    The first grid takes any task and cell there is, a plugin's too; the others only their own.

    Raises:
        UsageError: if a task or a cell that was asked for does not exist.
    """
    for name in request.tasks:
        registry.find("task", name)
    for name in request.cells:
        registry.find("cell", name)
    for number, grid in enumerate(suite.grids):
        tasks = select_names(grid.tasks, request.tasks, any_name=number == 0)
        cells = select_names(grid.cells, request.cells, any_name=number == 0)
        if tasks and cells:
            yield number, msgspec.structs.replace(grid, tasks=tasks, cells=cells)


def select_names(own: list[str], asked: Sequence[str], any_name: bool) -> list[str]:
    """Return the names asked for, all of them or those that are a grid's own.

    Args:
        own: the names in the grid, all of which are taken if none was asked for.
        asked: the names on the command line.
        any_name: whether names are taken that are not in the grid.
    """
    if not asked:
        return own
    return [name for name in asked if any_name or name in own]


def check_option_owners(options: Mapping[str, Options], grids: Sequence[Grid]) -> None:
    """Refuse an option of a task or a cell that is not run: it would do nothing.

    Raises:
        UsageError: naming the task or the cell.
    """
    run = {name for grid in grids for name in (*grid.tasks, *grid.cells)}
    for name in options:
        if name not in run:
            raise unknown("task or cell", name, run)
