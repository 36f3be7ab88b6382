"""The grids of a suite that a run takes: which of their tasks, networks and cells."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import msgspec

from rnnbench.errors import UsageError, unknown
from rnnbench.plan.comparisons.networks import ALL, cells_of
from rnnbench.plan.request import Request
from rnnbench.plugins.registry import Registry
from rnnbench.schema.comparison import NETWORK
from rnnbench.schema.suite import Grid, Suite
from rnnbench.schema.types import Options

#: What of a grid can be asked for.
KINDS = ("tasks", "cells", "networks")
#: Names of each kind.
Names = Mapping[str, Collection[str]]


def select_grids(suite: Suite, request: Request, registry: Registry) -> Iterator[tuple[int, Grid]]:
    """Yield the suite's grids by number, with only the tasks, networks and cells asked for.

    What is in none of them, as that of a plugin, is taken by the first that has the rest.

    Raises:
        UsageError: if one that was asked for does not exist.
    """
    for name in request.tasks:
        registry.find("task", name)
    for name in request.cells:
        if name != ALL:
            registry.find("cell", name)
    for name in request.networks:
        if name != ALL:
            registry.find("network", name)
    asked = {kind: getattr(request, kind) for kind in KINDS}
    found = list(fitting(suite, asked))
    # What stands apart in several grids finds no place in any: the first takes it.
    yield from found or [(0, part(suite.grids[0], asked, asked))]


def fitting(suite: Suite, asked: Names) -> Iterator[tuple[int, Grid]]:
    """Yield the parts of grids, by number, that are asked for; of each kind there is something.

    But of cells where none is asked for and the grid has none.
    """
    known = {kind: {name for one in suite.grids for name in getattr(one, kind)} for kind in KINDS}
    new: Names = {
        kind: [name for name in names if name not in known[kind]] for kind, names in asked.items()
    }
    for number, grid in enumerate(suite.grids):
        own = part(grid, asked, new)
        needs_no_cell = not grid.cells and not asked["cells"]
        if own.tasks and own.networks and (own.cells or needs_no_cell):
            yield number, own
            new = {}


def part(grid: Grid, asked: Names, new: Names) -> Grid:
    """Return a grid with those of its names that are asked for, and others that it takes."""
    names = {
        kind: select_names(getattr(grid, kind), asked[kind], new.get(kind, ())) for kind in KINDS
    }
    return msgspec.structs.replace(grid, **names)


def select_names(own: list[str], asked: Collection[str], new: Collection[str]) -> list[str]:
    """Return the names asked for, all of them or those that are a grid's own.

    Args:
        own: the names in the grid, all of which are taken if none was asked for; or ``all``.
        asked: the names on the command line; ``all`` where it is not new means all of its own.
        new: names that it takes without having them.
    """
    if not asked or (ALL in asked and ALL not in new):
        return own
    return [name for name in asked if name in own or name in new or ALL in own]


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
            if kind := registry.kind_of(name, ("task", "network", "cell")):
                raise not_run(name, f"{kind}s")
            raise unknown("task, network or cell", name, run)


def check_networks_run(options: Collection[str], run: Collection[str], registry: Registry) -> None:
    """Refuse an option of a network that could have been run, once it is known which are.

    Raises:
        UsageError: naming it.
    """
    for name in options:
        if name in registry.networks and name not in run:
            raise not_run(name, "networks")


def not_run(name: str, kind: str) -> UsageError:
    """Return the error for options of what is not run, of a kind: ``cells``."""
    return UsageError(
        f"{name!r} is not run here, so its options would do nothing: "
        f"leave them out, or name it among the {kind}"
    )


def names_in(grid: Grid, registry: Registry) -> set[str]:
    """Return the tasks and networks of a grid, and the cells that its networks are made of.

    Where none is named, that is any network, since it may be the only one for a task.
    """
    networks = registry.networks.keys() if ALL in grid.networks else grid.networks
    instead = registry.networks.keys() if grid.networks == [NETWORK] else ()
    cells = {cell for network in networks for cell in cells_of(network, grid, registry)}
    return {*grid.tasks, *grid.networks, *networks, *instead, *cells} - {ALL, ""}
