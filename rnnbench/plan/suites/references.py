"""Figures that others have printed: of which rows of a block they are, and in which unit."""

from __future__ import annotations

from rnnbench.errors import unknown
from rnnbench.plan.comparisons.build import Tasks
from rnnbench.plan.comparisons.networks import ALL
from rnnbench.plan.suites.source import Source
from rnnbench.plugins.registry import Registry
from rnnbench.schema.comparison import Comparison
from rnnbench.schema.plan import Metric, Planned, Printed
from rnnbench.schema.suite import Grid, Reference

#: In which unit a loss is, by its name.
LOSS_UNITS = {"mse": "squared error", "cross-entropy": "nats", "bernoulli": "nats"}


def check(source: Source, number: int, grid: Grid, registry: Registry) -> None:
    """Refuse a reference whose rows are not in its block, or that does not say its source.

    Args:
        source: the text of the suite.
        number: of the block in it.
        grid: the block.
        registry: the plugins.

    Raises:
        UsageError: naming the file and the line.
    """
    for place, one in enumerate(grid.references):
        keys = ("block", number, "reference", place)
        names = {"task": grid.tasks, "network": grid.networks, "cell": grid.cells}
        for kind, known in names.items():
            name = getattr(one, kind)
            if name and name not in known and ALL not in known:
                raise source.error((*keys, kind), f"{unknown(f'{kind} of the block', name, known)}")
        with source.located((*keys, "row")):
            check_row(one.row, registry)
        if not one.source.strip():
            what = "source is empty; it says where the figure is printed: the paper and its table"
            raise source.error((*keys, "source"), what)


def check_row(row: str, registry: Registry) -> None:
    """Refuse the name of a row that can't be; a backend need not be installed.

    Raises:
        UsageError: saying what there is.
    """
    backend, _, variant = row.partition(":")
    items = {item.name: item.status for item in registry.items("backend")}
    if row and backend not in items:
        raise unknown("backend", backend, items)
    if variant and items[backend] == "ok" and variant not in registry.variants(backend):
        raise unknown(f"variant of {backend}", variant, registry.variants(backend))


def printed(
    grid: Grid, number: int, planned: Planned, tasks: Tasks, source: Source
) -> list[Printed]:
    """Return the figures that are printed of a comparison.

    Args:
        grid: the block that it is from, as the suite has it.
        number: of the block in its suite.
        planned: the comparison.
        tasks: those of the plan.
        source: the text of the suite.

    Raises:
        UsageError: naming the file and the line, for a unit that is not that of ours, for another
            metric than that of the reference before it, or for two of one row.
    """
    found: list[Reference] = []
    comparison = planned.comparison
    for place, one in enumerate(grid.references):
        if not is_of(one, comparison, grid):
            continue
        keys = ("block", number, "reference", place)
        if one.unit != (unit := unit_of(one.metric, planned, tasks)):
            told = f"unit is {one.unit!r}; the {one.metric} of {comparison.task} is in {unit!r}"
            raise source.error((*keys, "unit"), told)
        if found and one.metric != found[0].metric:
            told = f"metric is {one.metric!r} where another reference of this comparison has "
            raise source.error((*keys, "metric"), f"{told}{found[0].metric!r}: there is one column")
        if one.row in [other.row for other in found]:
            raise source.error(keys, f"a second reference for {one.row or 'all rows'}")
        found.append(one)
    return [
        Printed(metric=one.metric, value=one.value, unit=one.unit, source=one.source, row=one.row)
        for one in found
    ]


def is_of(one: Reference, comparison: Comparison, grid: Grid) -> bool:
    """Return whether a figure is of a comparison: of what is in its block, and is named."""
    each = (
        (one.task, grid.tasks, comparison.task),
        (one.network, grid.networks, comparison.network),
        (one.cell, [*grid.cells, ""], comparison.cell),  # of which a network may have none
    )
    return all(name == own if name else own in known or ALL in known for name, known, own in each)


def unit_of(metric: Metric, planned: Planned, tasks: Tasks) -> str:
    """Return in which unit a figure of a comparison is."""
    if metric == "score":
        return planned.score_name
    if metric == "loss":
        task = tasks.of(planned.comparison.task, planned.comparison.task_options)
        return LOSS_UNITS[task.problem.loss]
    return "ms"
