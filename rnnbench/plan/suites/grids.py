"""The grids of a suite that a run takes: which of their tasks, networks and cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from rnnbench.errors import UsageError, unknown
from rnnbench.plan.comparisons.networks import ALL, cells_of
from rnnbench.plan.request import Request
from rnnbench.plugins.registry import Registry
from rnnbench.schema.suite import Grid, Suite
from rnnbench.schema.types import Options


def select_grids(suite: Suite, request: Request, registry: Registry) -> Iterator[tuple[int, Grid]]:
    """Yield the suite's grids by number, with only the tasks, networks and cells asked for.

    The first grid takes any there is, a plugin's too; the others only their own.

    Raises:
        UsageError: if one that was asked for does not exist.
    """
    for name in request.tasks:
        registry.find("task", name)
    for name in request.cells:
        registry.find("cell", name)
    for name in request.networks:
        if name != ALL:
            registry.find("network", name)
    for number, grid in enumerate(suite.grids):
        tasks = select_names(grid.tasks, request.tasks, any_name=number == 0)
        cells = select_names(grid.cells, request.cells, any_name=number == 0)
        networks = select_names(grid.networks, request.networks, any_name=number == 0)
        if ALL in request.networks and number > 0:
            networks = grid.networks
        if tasks and cells and networks:
            chosen = {"tasks": tasks, "cells": cells, "networks": networks}
            yield number, msgspec.structs.replace(grid, **chosen)


def select_names(own: list[str], asked: Sequence[str], any_name: bool) -> list[str]:
    """Return the names asked for, all of them or those that are a grid's own.

    Args:
        own: the names in the grid, all of which are taken if none was asked for; or ``all``.
        asked: the names on the command line.
        any_name: whether names are taken that are not in the grid.
    """
    if not asked:
        return own
    return [name for name in asked if any_name or name in own or ALL in own]


def check_option_owners(
    options: Mapping[str, Options], grids: Sequence[Grid], registry: Registry
) -> None:
    """Refuse an option of a task, a network or a cell that is not run: it would do nothing.

    Raises:
        UsageError: naming it.
    """
    run = {name for grid in grids for name in names_in(grid, registry)}
    for name in options:
        if name not in run:
            if any(name in known for known in (registry.tasks, registry.networks, registry.cells)):
                raise UsageError(f"{name!r} is not run here, so its options would do nothing")
            raise unknown("task, network or cell", name, run)


def names_in(grid: Grid, registry: Registry) -> set[str]:
    """Return the tasks and networks of a grid, and the cells that its networks are made of."""
    networks = registry.networks.keys() if ALL in grid.networks else grid.networks
    cells = {cell for network in networks for cell in cells_of(network, grid, registry)}
    return {*grid.tasks, *grid.networks, *networks, *cells} - {ALL, ""}
