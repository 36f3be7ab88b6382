"""The plan of rows that are looked at by the profiler of their framework."""

from __future__ import annotations

import dataclasses

import msgspec

from rnnbench.plan.expand import expand_suite
from rnnbench.plan.request import Request
from rnnbench.plugins.registry import Registry
from rnnbench.schema.plan import Plan
from rnnbench.schema.suite import Grid, Suite


def expand(request: Request, task: str, network: str, cell: str, registry: Registry) -> Plan:
    """Turn a request into a plan with one comparison, in which nothing is trained.

    Args:
        request: the rows and their sizes.
        task: its name.
        network: likewise.
        cell: likewise.
        registry: the plugins.

    Raises:
        UsageError: for anything that can't be done.
    """
    settings = msgspec.structs.replace(request.settings, steps=0)
    request = dataclasses.replace(request, suite="profile", settings=settings)
    suite = Suite(grids=[Grid(tasks=[task], cells=[cell], networks=[network])])
    return expand_suite(suite, "", request, registry)
