"""The backends, cells, tasks and suites that ``rnnbench list`` shows."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rnnbench.plugins.discovery import Item
from rnnbench.plugins.registry import Registry, framework_version
from rnnbench.plugins.validation import Kind

if TYPE_CHECKING:
    from rnnbench.doctor.devices import Status
    from rnnbench.schema.messages import Failed, Opened

KINDS = ("backends", "cells", "tasks", "suites")
#: The kind of plugin whose faults stand below the table of each; backends have theirs in the table.
FAULTS_BELOW: dict[str, Kind] = {
    "backends": "kernel",
    "cells": "cell",
    "tasks": "task",
    "suites": "suite",
}
Entry = dict[str, Any]


def entries(kind: str, registry: Registry, plugins: Sequence[str], status: Status) -> list[Entry]:
    """Return one object per plugin of a kind, ready for JSON.

    Args:
        kind: one of :data:`KINDS`.
        registry: the plugins.
        plugins: the values of ``-p``.
        status: shows that asking backends takes a while.
    """
    found: list[Entry] = {
        "backends": lambda: backends(registry, plugins, status),
        "cells": lambda: cells(registry),
        "tasks": lambda: tasks(registry),
        "suites": lambda: suites(registry),
    }[kind]()
    return found


def backends(registry: Registry, plugins: Sequence[str], status: Status) -> list[Entry]:
    """Return the backends with status, version, variants and the devices their workers report."""
    from rnnbench.doctor import devices

    items = [item for item in registry.items("backend") if item.status != "disabled"]
    replies = devices.ask_backends([i.name for i in items if i.status == "ok"], plugins, status)
    return [backend(item, registry, replies.get(item.name)) for item in items]


def backend(item: Item, registry: Registry, reply: Opened | Failed | None) -> Entry:
    """Return one backend; one whose framework can't be imported is broken."""
    from rnnbench.schema.messages import Failed, Opened

    known = item.value is not None and item.status != "clash"
    return {
        "name": item.name,
        "status": "broken" if isinstance(reply, Failed) else item.status,
        "version": framework_version(item.value) if item.status == "ok" else None,
        "devices": reply.devices if isinstance(reply, Opened) else [],
        "default": item.value.default if known else None,
        "variants": registry.variants(item.name) if known else {},
        "detail": reply.reason if isinstance(reply, Failed) else item.detail,
    }


def cells(registry: Registry) -> list[Entry]:
    """Return the cells with their options."""
    return [
        {"name": name, "gates": list(cell.gates), "options": options(cell), "about": about(cell)}
        for name, cell in registry.cells.items()
    ]


def tasks(registry: Registry) -> list[Entry]:
    """Return the tasks with their options and defaults."""
    return [
        {
            "name": name,
            "options": options(task),
            "defaults": dataclasses.asdict(task.defaults),
            "about": about(task),
        }
        for name, task in registry.tasks.items()
    ]


def suites(registry: Registry) -> list[Entry]:
    """Return the suites with their descriptions."""
    from rnnbench.plan import suites

    return [
        {"name": name, "about": suites.load(path)[0].description, "path": str(path)}
        for name, path in registry.suites.items()
    ]


def options(plugin: type[Any]) -> dict[str, Any]:
    """Return the options of a cell or a task with their defaults."""
    return {field.name: field.default for field in dataclasses.fields(plugin)}


def about(plugin: type[Any]) -> str:
    """Return the first line of a plugin's docstring."""
    return (plugin.__doc__ or "").strip().partition("\n")[0]
