"""Blocks of a suite at sizes for a small machine, and in what they depart from the protocol."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import asdict, replace

from rnnbench.errors import UsageError
from rnnbench.plan.comparisons.effective_options import defaults_of
from rnnbench.plan.comparisons.from_settings import values
from rnnbench.plugins.registry import Registry
from rnnbench.schema.comparison import Comparison
from rnnbench.schema.plan import Printed
from rnnbench.schema.suite import Grid, Scaled, Suite

#: What makes no difference to the time of a step.
NOT_OF_TIME = frozenset({"steps", "lr", "schedule", "warmup", "drop", "drop_every", "patience"})


def check_scaled(suite: Suite, name: str) -> None:
    """Raise UsageError if no block of a suite says what it is scaled to."""
    if all(grid.scaled == Scaled() for grid in suite.grids):
        raise UsageError(f"--scaled: no block of the suite {name} has scaled sizes")


def scaled(grid: Grid) -> Grid:
    """Return a block with its scaled settings and options in place of its own."""
    options = {
        name: grid.options.get(name, {}) | grid.scaled.options.get(name, {})
        for name in (*grid.options, *grid.scaled.options)
    }
    return replace(grid, **values(grid.scaled), options=options)


def departs(
    protocol: Comparison, ours: Comparison, found: Sequence[Printed], registry: Registry
) -> str:
    """Return in what a comparison is not the one that figures are printed of.

    Args:
        protocol: as the block has it.
        ours: as it is run.
        found: what is printed.
        registry: the plugins, for the defaults of options.

    Returns:
        As ``delay 60 instead of 1000, steps 300 instead of 3120``; empty if in nothing, or nothing
        is printed.
    """
    if not found:
        return ""
    same = NOT_OF_TIME if found[0].metric.endswith("_ms") else ()
    was, now = (in_full(one, registry) for one in (protocol, ours))
    return ", ".join(
        f"{name} {now[name]} instead of {was[name]}"
        for name in now
        if name not in same and was[name] != now[name]
    )


def in_full(one: Comparison, registry: Registry) -> dict[str, Any]:
    """Return the settings of a comparison and all options of its task, network and cell."""
    found = asdict(one)
    for kind in ("task", "network", "cell"):
        own, name = found.pop(f"{kind}_options"), found[kind]
        found |= (defaults_of(name, registry.find(kind, name)) if name else {}) | own
    return found
