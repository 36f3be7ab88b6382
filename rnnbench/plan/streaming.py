"""The plan of a run whose rows are given one step at a time."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import msgspec

from rnnbench.contracts.inference.streaming import streamed
from rnnbench.plan.beginning import suite_of
from rnnbench.plan.comparisons.build import Tasks, build
from rnnbench.plan.expand import expand_suite
from rnnbench.plan.request import Request
from rnnbench.plugins.registry import Registry
from rnnbench.schema.plan import Plan
from rnnbench.schema.suite import Grid, Suite

#: Seconds of timing per comparison, unless asked otherwise.
MAX_TIME = 5.0


def expand(
    request: Request, task: str, cells: Sequence[str], networks: Sequence[str], registry: Registry
) -> Plan:
    """Turn a request into a plan with a comparison for each network and cell, of one task.

    A step is of one example, unless a batch was asked for. With trained weights it is their model.

    Args:
        request: the rows, and what all comparisons share.
        task: its name.
        cells: their names.
        networks: likewise.
        registry: the plugins.

    Raises:
        UsageError: for anything that can't be done, and for a network that can't answer at each
            step.
    """
    settings = request.settings
    settings = msgspec.structs.replace(settings, steps=0, batch=settings.batch or 1)
    request = dataclasses.replace(request, suite="stream", settings=settings)
    grid = Grid(tasks=[task], cells=list(cells), networks=list(networks))
    suite = Suite(grids=[grid])
    if request.weights:
        suite = suite_of(request.weights.header.comparison)
    plan = expand_suite(msgspec.structs.replace(suite, max_time=MAX_TIME), "", request, registry)
    tasks = Tasks(registry, request.weights)
    for planned in plan.comparisons:
        streamed(build(planned.comparison, tasks).model)
    return msgspec.structs.replace(plan, stream=True)
