"""The plan of a run that explains cells: each on sequences of a few lengths, short and long."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from rnnbench.errors import UsageError
from rnnbench.plan.comparisons.checked_task import length_option_of
from rnnbench.plan.expand import expand_suite
from rnnbench.plan.request import Request
from rnnbench.plugins.registry import Registry
from rnnbench.schema.plan import Plan
from rnnbench.schema.suite import Grid, Suite

#: Seconds of timing per cell and length, and seeds per score, unless asked otherwise.
MAX_TIME, SEEDS = 1.5, 3


def expand(
    request: Request, task: str, cells: Sequence[str], lengths: Sequence[int], registry: Registry
) -> Plan:
    """Turn a request into a plan with a comparison for each cell at each length.

    Args:
        request: the rows, and what all comparisons share.
        task: its name.
        cells: their names.
        lengths: values of :attr:`rnnbench.Task.length_option`.
        registry: the plugins.

    Raises:
        UsageError: for anything that can't be done, before anything is written or started.
    """
    option = length_option_of(registry.find("task", task), registry.provenance("task", task))
    if option in request.options.get(task, {}):
        raise UsageError(f"--set {task}.{option}: the lengths are those of --lengths")
    grids = [
        Grid(tasks=[task], cells=list(cells), options={task: {option: length}})
        for length in lengths
    ]
    suite = Suite(grids=grids, max_time=MAX_TIME, seeds=SEEDS)
    return expand_suite(suite, "", dataclasses.replace(request, suite="explain"), registry)
