"""The plan of a scaling run: a suite made on the spot, with one grid per size."""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec
import numpy as np

from rnnbench.errors import UsageError
from rnnbench.plan.comparisons.checked_task import defaults_of, length_option_of
from rnnbench.plan.expand import expand_suite
from rnnbench.plan.request import Request
from rnnbench.plugins.registry import Registry
from rnnbench.schema.plan import FEWEST_SIZES, Over, Plan
from rnnbench.schema.suite import Grid, Suite

#: Seconds of timing per size, unless asked otherwise.
MAX_TIME = 5.0
#: Numbers of devices for the law of Amdahl, whose share two of them give.
FEWEST_DEVICES = 2


def sizes(first: int, last: int, points: int, fewest: int = FEWEST_SIZES) -> list[int]:
    """Return a geometric range, rounded, without repetitions.

    Raises:
        UsageError: if too few different sizes are left for a fit.
    """
    rounded = np.rint(np.geomspace(first, last, points)).astype(int)
    found = sorted({int(size) for size in rounded})
    if len(found) < fewest:
        listed = ", ".join(map(str, found))
        raise UsageError(
            f"--from {first} --to {last} in {points} points: only the sizes {listed}; "
            f"a fit needs {fewest}"
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


def over_devices(
    request: Request, task: str, cell: str, counts: list[int], registry: Registry, weak: bool
) -> Plan:
    """Turn a request into the plan of a run over several devices.

    Args:
        request: the rows, and what all share; its devices are of the kind of its device.
        task: its name.
        cell: its name.
        counts: how many devices. One that does not divide the batch is left out, and told.
        registry: the plugins.
        weak: whether the batch is that of each device, and not of all.

    Raises:
        UsageError: for anything that can't be done, before anything is written or started.
    """
    if request.devices:
        raise UsageError("--devices with --over devices: they are those from --from to --to")
    defaults = defaults_of(registry.find("task", task), registry.provenance("task", task))
    batch = request.settings.batch or int(defaults["batch"])
    fitting = [count for count in counts if weak or batch % count == 0]
    if len(fitting) < FEWEST_DEVICES:
        told = ", ".join(map(str, counts))
        raise UsageError(
            f"a batch of {batch} can't be split evenly over {told} devices: give another --batch"
        )
    kind, plans = request.device.partition(":")[0], []
    for count in fitting:
        devices = tuple(f"{kind}:{number}" for number in range(count)) if count > 1 else ()
        settings = msgspec.structs.replace(request.settings, batch=batch * count if weak else batch)
        own = dataclasses.replace(request, suite="scale", devices=devices, settings=settings)
        suite = Suite(grids=[Grid(tasks=[task], cells=[cell], steps=0)], max_time=MAX_TIME)
        plans.append(expand_suite(suite, "", own, registry))
    left = [str(count) for count in counts if count not in fitting]
    note = f"a batch of {batch} can't be split evenly over {', '.join(left)} devices: left out"
    return msgspec.structs.replace(
        plans[0],
        comparisons=[one for plan in plans for one in plan.comparisons],
        scale="devices",
        notes=[*plans[0].notes, *([note] if left else [])],
    )


def refuse_fixed(request: Request, task: str, over: Over, option: str) -> None:
    """Refuse a request that fixes what is to differ: one of the two would be ignored."""
    if over == "length":
        fixed = f"--set {task}.{option}" if option in request.options.get(task, {}) else None
    else:
        fixed = f"--{over}" if getattr(request.settings, over) is not None else None
    if fixed:
        raise UsageError(f"{fixed} with --over {over}: its sizes are those from --from to --to")
