"""The output of ``rnnbench list``."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from rnnbench.inventory.catalog import Entry
from rnnbench.plugins.discovery import Item
from rnnbench.text import given


def print_json(found: dict[str, list[Entry]]) -> None:
    """Print everything as one JSON object."""
    print(json.dumps(found, indent=1))


def print_tables(found: dict[str, list[Entry]], faults: Sequence[Item]) -> None:
    """Print a table per kind, and the faults of plugins below."""
    from rnnbench.report.console import console, print_table, text

    out = console()
    for kind, entries in found.items():
        rows = [list(map(text, COLUMNS[kind](entry))) for entry in entries]
        print_table(out, TABLES[kind], rows, kind)
    for item in faults:
        out.print(text(f"{item.kind} {item.name!r} is {item.status}: {item.detail}"))


def settings(values: dict[str, Any]) -> str:
    """Return ``a=1, b=x``."""
    return ", ".join(f"{name}={given(value)}" for name, value in values.items())


def options(entry: Entry) -> str:
    """Return the options at their defaults, with what else they may be: ``a=1, b=x ('x' or 'y')``.

    That one is any text or number goes without saying.
    """
    takes = entry["takes"]
    return ", ".join(
        f"{name}={given(value)}" + ("" if takes[name] in ANYTHING else f" ({takes[name]})")
        for name, value in entry["options"].items()
    )


#: What goes without saying beside a default.
ANYTHING = frozenset({"a text", "a number", "a whole number", "true or false"})
TABLES = {
    "backends": ("name", "status", "version", "variants (default first)"),
    "devices": ("name", "status", "version", "devices"),
    "cells": ("name", "options", ""),
    "networks": ("name", "targets", "options", ""),
    "tasks": ("name", "options", "defaults", ""),
    "suites": ("name", ""),
}
COLUMNS: dict[str, Callable[[Entry], Sequence[str]]] = {
    "backends": lambda e: (
        e["name"],
        e["status"],
        e["version"] or "",
        e["detail"] or ", ".join(sorted(e["variants"], key=lambda v: v != e["default"])),
    ),
    "devices": lambda e: (
        e["name"],
        e["status"],
        e["version"] or "",
        e["detail"] or ", ".join(e["devices"]),
    ),
    "cells": lambda e: (e["name"], options(e), e["about"]),
    "networks": lambda e: (
        e["name"],
        ", ".join(e["solves"]),
        options(e),
        e["about"],
    ),
    "tasks": lambda e: (e["name"], options(e), settings(e["defaults"]), e["about"]),
    "suites": lambda e: (e["name"], e["about"]),
}
