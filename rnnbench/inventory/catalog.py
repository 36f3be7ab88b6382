"""The backends, devices, cells, networks, tasks and suites that ``rnnbench list`` shows."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

from rnnbench.errors import PluginError, UsageError
from rnnbench.plugins.discovery import Item
from rnnbench.plugins.registry import Registry, framework_version
from rnnbench.plugins.validation import Kind
from rnnbench.system import guarding
from rnnbench.text import class_name, cut, message_of, shown

if TYPE_CHECKING:
    from rnnbench.inventory.devices import Status
    from rnnbench.schema.messages.message import Failed
    from rnnbench.schema.messages.opening import Opened

#: What is listed together: all that is known without starting a framework.
KINDS = ("backends", "cells", "networks", "tasks", "suites")
#: The kind of plugin whose faults stand below the table of each; backends have theirs in the table.
FAULTS_BELOW: dict[str, Kind] = {
    "backends": "kernel",
    "devices": "backend",
    "cells": "cell",
    "networks": "network",
    "tasks": "task",
    "suites": "suite",
}
Entry = dict[str, Any]
#: Under which an entry has what is wrong with a plugin that can't be looked at.
FAULT = "fault"


def entries(kind: str, registry: Registry, plugins: Sequence[str], status: Status) -> list[Entry]:
    """Return one object per plugin of a kind, ready for JSON.

    Args:
        kind: one of :data:`KINDS`, or ``devices``.
        registry: the plugins.
        plugins: the values of ``-p``.
        status: shows that asking backends takes a while.
    """
    found: list[Entry] = {
        "backends": lambda: backends(registry),
        "devices": lambda: devices(registry, plugins, status),
        "cells": lambda: cells(registry),
        "networks": lambda: networks(registry),
        "tasks": lambda: tasks(registry),
        "suites": lambda: suites(registry),
    }[kind]()
    return found


def backends(registry: Registry) -> list[Entry]:
    """Return the backends with status, version and variants; no framework is started."""
    return [backend(item, registry) for item in known_backends(registry)]


def known_backends(registry: Registry) -> list[Item]:
    """Return all backends that nobody has kept out."""
    return [item for item in registry.items("backend") if item.status != "disabled"]


def backend(item: Item, registry: Registry) -> Entry:
    """Return one backend; its version is that of the installed distribution."""
    known = item.value is not None and item.status != "clash"
    return {
        "name": item.name,
        "status": item.status,
        "version": version(item),
        "default": item.value.default if known else None,
        "variants": registry.variants(item.name) if known else {},
        "detail": item.detail,
    }


def version(item: Item) -> str | None:
    """Return the version of a backend's framework, None where it can't be used."""
    return framework_version(item.value) if item.status == "ok" else None


def devices(registry: Registry, plugins: Sequence[str], status: Status) -> list[Entry]:
    """Return the backends with the devices that their workers report."""
    from rnnbench.inventory.devices import ask_backends

    items = known_backends(registry)
    replies = ask_backends([i.name for i in items if i.status == "ok"], plugins, status)
    return [devices_of(item, replies.get(item.name)) for item in items]


def devices_of(item: Item, reply: Opened | Failed | None) -> Entry:
    """Return the devices of one backend; one whose framework can't be imported is broken."""
    from rnnbench.schema.messages.message import Failed
    from rnnbench.schema.messages.opening import Opened

    return {
        "name": item.name,
        "status": "broken" if isinstance(reply, Failed) else item.status,
        "version": version(item),
        "devices": reply.devices if isinstance(reply, Opened) else [],
        "detail": reply.reason if isinstance(reply, Failed) else item.detail,
    }


def cells(registry: Registry) -> list[Entry]:
    """Return the cells with their options."""

    def entry(name: str, cell: type[Any]) -> Entry:
        gates = list(cell.gates)
        own = {"options": options(cell), "takes": takes(cell), "about": about(cell)}
        return {"name": name, "gates": gates, **own}

    return described("cell", registry.cells, entry)


def networks(registry: Registry) -> list[Entry]:
    """Return the networks with their options and the targets that they have outputs for."""

    def entry(name: str, network: type[Any]) -> Entry:
        return {
            "name": name,
            "solves": sorted(network.solves),
            "options": options(network),
            "takes": takes(network),
            "about": about(network),
        }

    return described("network", registry.networks, entry)


def tasks(registry: Registry) -> list[Entry]:
    """Return the tasks with their options and defaults."""

    def entry(name: str, task: type[Any]) -> Entry:
        return {
            "name": name,
            "options": options(task),
            "takes": takes(task),
            "defaults": defaults(task),
            "about": about(task),
        }

    return described("task", registry.tasks, entry)


def described(
    kind: str, plugins: Mapping[str, type[Any]], entry: Callable[[str, type[Any]], Entry]
) -> list[Entry]:
    """Return the entry of each cell, network or task; of one that can't be looked at, why not.

    Such an entry is a name and a :data:`FAULT`.
    """

    def describe(names: Iterable[str]) -> list[Entry]:
        return [described_one(kind, name, plugins[name], entry) for name in names]

    try:
        return asked_apart(lambda: describe(plugins))
    except PluginError:  # one of them has ended the child, or never answered
        return [entry for name in plugins for entry in alone(name, partial(describe, [name]))]


def asked_apart(describe: Callable[[], list[Entry]]) -> list[Entry]:
    """Return entries that are made in a child; raises PluginError if a plugin ends it."""
    found = guarding.apart(lambda: json.dumps(describe()).encode())
    return describe() if found is None else json.loads(found)


def alone(name: str, describe: Callable[[], list[Entry]]) -> list[Entry]:
    """Return the entry of one plugin, made in a child of its own."""
    try:
        return asked_apart(describe)
    except PluginError as error:
        return [{"name": name, FAULT: str(error)}]


def described_one(
    kind: str, name: str, plugin: type[Any], entry: Callable[[str, type[Any]], Entry]
) -> Entry:
    """Return the entry of one cell, network or task, or what its class raises."""
    try:
        with guarding.in_hand(f"{kind} {name!r}"):
            return entry(name, plugin)
    except Exception as error:
        return {"name": name, FAULT: f"{class_name(error)}: {cut(message_of(error))}"}


def parted(found: Mapping[str, Sequence[Entry]]) -> tuple[dict[str, list[Entry]], list[str]]:
    """Return the entries that can be shown, and a line on each plugin that has none."""
    shown = {kind: [one for one in own if FAULT not in one] for kind, own in found.items()}
    faults = [
        f"{FAULTS_BELOW[kind]} {one['name']!r}: {one[FAULT]}"
        for kind, own in found.items()
        for one in own
        if FAULT in one
    ]
    return shown, faults


def suites(registry: Registry) -> list[Entry]:
    """Return the suites with their descriptions."""
    return [suite(name, path) for name, path in registry.suites.items()]


def suite(name: str, path: Path) -> Entry:
    """Return one suite, or what is wrong with its file."""
    from rnnbench.plan.suites import files

    try:
        return {"name": name, "about": files.load(path)[0].description, "path": str(path)}
    except UsageError as error:
        return {"name": name, FAULT: str(error)}


def options(plugin: type[Any]) -> dict[str, Any]:
    """Return the options of a cell, a network or a task with their defaults."""
    return {field.name: plain_value(field.default) for field in dataclasses.fields(plugin)}


def takes(plugin: type[Any]) -> dict[str, str]:
    """Return what each option may be, in words: ``a number of at least 0 and below 1``."""
    from rnnbench.schema.words import described

    hints = get_type_hints(plugin, include_extras=True)
    return {field.name: described(hints[field.name]) for field in dataclasses.fields(plugin)}


def defaults(task: type[Any]) -> dict[str, Any]:
    """Return the defaults of a task."""
    own = task.defaults
    return {field.name: plain_value(getattr(own, field.name)) for field in dataclasses.fields(own)}


def plain_value(value: Any) -> Any:
    """Return a value as it is if JSON has it, else what an error would show of it."""
    is_huge = type(value) is int and value.bit_length() > 64  # Python itself may not print it
    has_it = type(value) in (bool, int, float, str, type(None)) and not is_huge
    return value if has_it else shown(value)


def about(plugin: type[Any]) -> str:
    """Return the first line of a plugin's docstring."""
    text = plugin.__doc__
    return text.strip().partition("\n")[0] if isinstance(text, str) else ""
