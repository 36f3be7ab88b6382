"""Whose fault an error is: the plugin whose code was running when it was raised."""

from __future__ import annotations

import traceback
from collections.abc import Mapping

from rnnbench.plan.comparisons.build import Built
from rnnbench.worker.framework import Framework

#: Modules of the core: what they raise is due to what they were given.
CORE = "rnnbench."


def suspects(built: Built, framework: Framework) -> dict[str, str]:
    """Return the backend of a row, its kernels, network and cell, each with its plugin, by module.

    Those of the core are none; what a task raises is named where it is called.
    """
    registry, network, cell = framework.registry, built.model.network, built.model.spec.cell
    found = {framework.backend_class.__module__: framework.who}
    for info in framework.kernels:
        name = f"{info.backend}:{info.variant}"
        module = info.target.partition(":")[0]
        found[module] = f"kernel {name!r} of {registry.provenance('kernel', name)}"
    plugin = registry.provenance("network", network.name)
    found[type(network).__module__] = f"network {network.name!r} of {plugin}"
    if cell is not None:
        plugin = registry.provenance("cell", cell.name)
        found[type(cell).__module__] = f"cell {cell.name!r} of {plugin}"
    return {module: who for module, who in found.items() if not module.startswith(CORE)}


def culprit(error: BaseException, suspects: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the suspect in whose code an error was raised, and the method; None if in none's.

    The innermost one counts: a program calls a network, which calls a cell. Of its functions it is
    the one by which others have entered its code.
    """
    found, before = None, ""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        module = frame.f_globals.get("__name__", "")
        if module in suspects and module != before:
            found = suspects[module], f"{frame.f_code.co_name}()"
        before = module
    return found
