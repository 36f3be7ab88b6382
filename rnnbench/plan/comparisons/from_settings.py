"""One task with one model, as the command line, the suite and the task's defaults have it."""

from __future__ import annotations

from typing import Any

from rnnbench.plan.comparisons.checked_task import defaults_of
from rnnbench.plan.comparisons.networks import options_of
from rnnbench.plan.request import Request
from rnnbench.plugins.registry import Registry
from rnnbench.schema.comparison import Comparison
from rnnbench.schema.suite import Grid, Settings

#: The settings that are no part of a comparison: they change nothing in what is computed.
APART = frozenset({"max_time", "target"})


def make_comparison(
    task: str,
    network: str,
    cell: str,
    grid: Grid,
    request: Request,
    registry: Registry,
    threads: int,
) -> Comparison:
    """Return one task with one network and one cell, which is empty for a network without any.

    The command line overrules the grid, and the grid overrules the task's defaults.

    Raises:
        UsageError: if there is no such task, network or cell.
        PluginError: if the task's defaults are no values.
    """
    registry.find("network", network)
    if cell:
        registry.find("cell", cell)
    defaults = defaults_of(registry.find("task", task), registry.provenance("task", task))
    sizes = {"dtype": "float32"} | defaults | values(grid) | values(request.settings)
    if grid.steps == 0:  # a grid made for timing stays one
        sizes["steps"] = 0
    for limit in ("clip", "clip_value"):
        sizes[limit] = sizes.get(limit) or None
    return Comparison(
        task=task,
        cell=cell,
        device=request.device,
        devices=list(request.devices),
        threads=threads,
        task_options=options_of(task, grid, request),
        cell_options=options_of(cell, grid, request),
        network=network,
        network_options=options_of(network, grid, request),
        weights=request.weights.sha256 if request.weights else "",
        **{name: value for name, value in sizes.items() if name not in APART},
    )


def values(settings: Settings) -> dict[str, Any]:
    """Return the settings that are set, by name."""
    found = {name: getattr(settings, name) for name in Settings.__struct_fields__}
    return {name: value for name, value in found.items() if value is not None}
