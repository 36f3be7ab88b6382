"""The plan of a scaling run: a suite made on the spot, with one grid per size."""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec
import numpy as np

from rnnbench.errors import UsageError
from rnnbench.plan.comparisons.checked_task import length_option_of
from rnnbench.plan.expand import expand_suite
from rnnbench.plan.request import Request
from rnnbench.plugins.registry import Registry
from rnnbench.schema.plan import FEWEST_SIZES, Over, Plan
from rnnbench.schema.suite import Grid, Suite

#: Seconds of timing per size, unless asked otherwise.
MAX_TIME = 5.0


def sizes(first: int, last: int, points: int) -> list[int]:
    """Return a geometric range, rounded, without repetitions.

    Raises:
        UsageError: if too few different sizes are left for a fit.
    """
    rounded = np.rint(np.geomspace(first, last, points)).astype(int)
    found = sorted({int(size) for size in rounded})
    if len(found) < FEWEST_SIZES:
        listed = ", ".join(map(str, found))
        raise UsageError(
            f"--from {first} --to {last} in {points} points: only the sizes {listed}; "
            f"a fit needs {FEWEST_SIZES}"
        )
    return found


def expand(
    request: Request, task: str, cell: str, over: Over, sizes: list[int], registry: Registry
) -> Plan:
    """Turn a request into the plan of a scaling run.

    The sizes ascend, so that what a worker still holds of an earlier one is less than the next one
    needs. Nothing is trained.

    Args:
        request: the rows, and what all sizes share.
        task: its name.
        cell: its name.
        over: what differs.
        sizes: its values; of the length, those of :attr:`rnnbench.Task.length_option`.
        registry: the plugins.

    Raises:
        UsageError: for anything that can't be done, before anything is written or started.
    """
    option = length_option_of(registry.find("task", task), registry.provenance("task", task))
    refuse_fixed(request, task, over, option)
    grids = []
    for size in sizes:
        varied: dict[str, Any] = {over: size}
        if over == "length":
            varied = {"options": {task: {option: size}}}
        grids.append(Grid(tasks=[task], cells=[cell], steps=0, **varied))
    suite = Suite(grids=grids, max_time=MAX_TIME)
    plan = expand_suite(suite, "", dataclasses.replace(request, suite="scale"), registry)
    return msgspec.structs.replace(plan, scale=over)


def refuse_fixed(request: Request, task: str, over: Over, option: str) -> None:
    """Refuse a request that fixes what is to differ: one of the two would be ignored."""
    if over == "length":
        fixed = f"--set {task}.{option}" if option in request.options.get(task, {}) else None
    else:
        fixed = f"--{over}" if getattr(request.settings, over) is not None else None
    if fixed:
        raise UsageError(f"{fixed} with --over {over}: its sizes are those from --from to --to")
