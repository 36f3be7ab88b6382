"""The rows that a suite names: what ``--backends all`` means there."""

from __future__ import annotations

from collections.abc import Mapping

from rnnbench.plan.rows import select_rows
from rnnbench.plan.suites.source import Source
from rnnbench.plugins.registry import Registry
from rnnbench.schema.suite import Suite


def backends_of(
    suite: Suite, asked: str, registry: Registry, pythons: Mapping[str, str], source: Source
) -> tuple[str, list[str]]:
    """Return the value of ``--backends`` for a run of a suite, and what is left out of it.

    As with all installed backends, rows of one that can't be used are left out.

    Args:
        suite: what is run.
        asked: the value that was given.
        registry: the plugins.
        pythons: interpreters by the name of a backend or of an environment.
        source: the text of the suite.

    Raises:
        UsageError: naming the line of what is no backend or no variant.
    """
    if asked != "all" or not suite.backends:
        return asked, []
    unusable = {
        item.name: f"{item.status}: {item.detail}"
        for item in registry.items("backend")
        if item.status != "ok" and item.name not in pythons
    }
    rows, left_out = [], []
    for number, name in enumerate(suite.backends):
        backend = name.partition(":")[0]
        if backend in unusable:
            left_out.append(f"{name} ({unusable[backend]})")
            continue
        with source.located(("backends", number)):
            select_rows(name, registry, pythons)
        rows.append(name)
    return ",".join(rows or suite.backends), left_out
