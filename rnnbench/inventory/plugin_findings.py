"""The findings of ``rnnbench plugins doctor`` on a name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from rnnbench.errors import unknown
from rnnbench.inventory import catalog, devices
from rnnbench.inventory.devices import Status
from rnnbench.plugins.discovery import Item
from rnnbench.plugins.provenance import module_file, source_hash
from rnnbench.plugins.registry import Registry
from rnnbench.plugins.validation import Kind
from rnnbench.schema.messages.message import Failed

Entry = dict[str, Any]


def items_named(name: str, registry: Registry) -> list[Item]:
    """Return the items with a name, or else those from a plugin of this name.

    Raises:
        UsageError: if there is nothing.
    """
    items = registry.everything()
    found = [item for item in items if item.name == name]
    found = found or [item for item in items if name in item.names]
    if not found:
        names = {known for item in items for known in (item.name, item.origin.label)}
        raise unknown("plugin", name, names)
    return found


def with_imports_tried(
    items: Sequence[Item],
    plugins: Sequence[str],
    status: Status,
    print_log: Callable[[str], None] | None = None,
) -> list[Item]:
    """Return items in which a backend is broken if a worker can't import its framework.

    Args:
        items: what to try.
        plugins: the values of ``-p``.
        status: shows that asking backends takes a while.
        print_log: is given the log of each worker that failed.
    """
    names = [item.name for item in items if item.kind == "backend" and item.status == "ok"]
    replies = devices.ask_backends(names, plugins, status, print_log) if names else {}

    def judged(item: Item) -> Item:
        reply = replies.get(item.name) if item.kind == "backend" else None
        if not isinstance(reply, Failed):
            return item
        return replace(item, status="broken", reason=reply.reason)

    return [judged(item) for item in items]


def findings(item: Item, registry: Registry) -> Entry:
    """Return what is known of an item beyond its line in the list, ready for JSON."""
    file = module_file(item.origin.module)
    offered = OFFERS[item.kind](item, registry) if item.value is not None else {}
    return {
        "entry_point": item.origin.entry_point,
        "module": item.origin.module,
        "file": str(file) if file else None,
        "source": source_hash(item.origin.module),
        "place": item.place,
        "advice": advice(item),
        **offered,
    }


def advice(item: Item) -> str:
    """Return what to do about an item that is not ok."""
    match item.status:
        case "broken":
            where = f"mend it at {item.place}" if item.place else "mend it"
            return f"{where}, or keep it out with -p no:{item.origin.label}"
        case "disabled":
            return "leave out what keeps it out, with -p or in RNNBENCH_PLUGINS"
        case "ok":
            return ""
    return item.reason  # which tells the command


def offers_of_backend(item: Item, registry: Registry) -> Entry:
    """Return the variants of a backend, those that plugins add included."""
    clear = item.status != "clash"
    return {
        "requires": list(item.value.requires),
        "default": item.value.default,
        "variants": registry.variants(item.name) if clear else dict(item.value.variants),
    }


def offers_of_cell(item: Item, registry: Registry) -> Entry:
    """Return the options of a cell and the kernels that plugins have for it."""
    kernels = [k for k in registry.kernels if item.name in k.cells]
    return {
        "about": catalog.about(item.value),
        "options": catalog.options(item.value),
        "gates": list(item.value.gates),
        "kernels": {f"{k.backend}:{k.variant}": k.about for k in kernels},
    }


def offers_of_network(item: Item, registry: Registry) -> Entry:
    """Return the options of a network and the targets that it has outputs for."""
    return {
        "about": catalog.about(item.value),
        "options": catalog.options(item.value),
        "solves": sorted(item.value.solves),
    }


def offers_of_task(item: Item, registry: Registry) -> Entry:
    """Return the options and the defaults of a task."""
    return {
        "about": catalog.about(item.value),
        "options": catalog.options(item.value),
        "defaults": catalog.defaults(item.value),
    }


def offers_of_suite(item: Item, registry: Registry) -> Entry:
    """Return where a suite lies."""
    return {"path": str(item.value)}


def offers_of_kernel(item: Item, registry: Registry) -> Entry:
    """Return what a kernel is for."""
    kernel = item.value
    return {"about": kernel.about, "cells": list(kernel.cells), "target": kernel.target}


OFFERS: dict[Kind, Callable[[Item, Registry], Entry]] = {
    "backend": offers_of_backend,
    "cell": offers_of_cell,
    "network": offers_of_network,
    "task": offers_of_task,
    "suite": offers_of_suite,
    "kernel": offers_of_kernel,
}
