"""Whose fault an error is: the plugin whose code was running when it was raised."""

from __future__ import annotations

import traceback
from collections.abc import Mapping

from rnnbench.models.model import Model
from rnnbench.plugins.registry import Registry
from rnnbench.plugins.validation import Kind
from rnnbench.worker.framework import Framework

#: Modules of the core: what they raise is due to what they were given.
CORE = "rnnbench."


def suspects(model: Model, framework: Framework, variant: str) -> dict[str, str]:
    """Return the backend of a row, its kernel, network and cell, each with its plugin, by module.

    Those of the core are none; what a task raises is named where it is called.
    """
    network, cell = model.network, model.spec.cell
    found = {framework.backend_class.__module__: framework.who}
    for info in (one for one in framework.kernels if one.variant == variant):
        module = info.target.partition(":")[0]
        found |= named(framework.registry, "kernel", f"{info.backend}:{info.variant}", module)
    found |= named(framework.registry, "network", network.name, type(network).__module__)
    if cell is not None:
        found |= named(framework.registry, "cell", cell.name, type(cell).__module__)
    return {module: who for module, who in found.items() if not module.startswith(CORE)}


def named(registry: Registry, kind: Kind, name: str, module: str) -> dict[str, str]:
    """Return who a plugin is, by the module of its code and by that of its hooks.

    A class that was made while a program runs need not have the module of its code.
    """
    who = f"{kind} {name!r} of {registry.provenance(kind, name)}"
    hooks = [item.origin.module for item in registry.items(kind) if item.name == name]
    return dict.fromkeys([*hooks, module], who)


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
