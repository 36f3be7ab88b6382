"""What ``rnnbench list`` shows."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from rnnbench.discovery import Item
from rnnbench.inspection import Kind
from rnnbench.plain import plain_lines
from rnnbench.plugins import Registry, framework_version
from rnnbench.protocol import Failed, Opened

KINDS = ("backends", "cells", "tasks", "suites")
#: Whose faults are told below the table of each; that of backends tells its own.
UNTOLD: dict[str, Kind] = {
    "backends": "kernel",
    "cells": "cell",
    "tasks": "task",
    "suites": "suite",
}
Entry = dict[str, Any]


def entries(kind: str, registry: Registry, plugins: Sequence[str]) -> list[Entry]:
    """Return one object per plugin of a kind, ready for JSON."""
    found: list[Entry] = {
        "backends": lambda: backends(registry, plugins),
        "cells": lambda: cells(registry),
        "tasks": lambda: tasks(registry),
        "suites": lambda: suites(registry),
    }[kind]()
    return found


def backends(registry: Registry, plugins: Sequence[str]) -> list[Entry]:
    """Return the backends with status, version, variants and the devices their workers report."""
    items = [item for item in registry.items("backend") if item.status != "disabled"]
    replies = probe([item.name for item in items if item.status == "ok"], plugins)
    return [backend(item, registry, replies.get(item.name)) for item in items]


def backend(item: Item, registry: Registry, reply: Opened | Failed | None) -> Entry:
    """Return one backend; one whose framework can't be imported is broken."""
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


def probe(
    names: Sequence[str], plugins: Sequence[str], debug: bool = False
) -> dict[str, Opened | Failed]:
    """Start a worker of each backend, in its default variant, and return what it says of itself.

    With ``debug``, what a worker that failed has printed goes to stderr.
    """
    from rnnbench import threads
    from rnnbench.crew import Crew, Seat
    from rnnbench.rows import Row

    console = Console(stderr=True)
    with tempfile.TemporaryDirectory() as folder, console.status("asking for devices"):
        crew = Crew(plugins, threads.available(), Path(folder), timeout=120)
        try:
            replies = crew.open([Seat(Row(name, "default"), 0) for name in names])
            failed = [seat for seat, reply in replies.items() if isinstance(reply, Failed)]
            for seat in failed if debug else []:
                typer.echo(plain_lines(crew.log(seat).read_text(errors="replace")), err=True)
        finally:
            crew.close()
    return {seat.row.backend: reply for seat, reply in replies.items()}


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
    """Return the suites with what they say of themselves."""
    from rnnbench import suite

    return [
        {"name": name, "about": suite.load(path)[0].description, "path": str(path)}
        for name, path in registry.suites.items()
    ]


def options(plugin: type[Any]) -> dict[str, Any]:
    """Return the options of a cell or a task with their defaults."""
    return {field.name: field.default for field in dataclasses.fields(plugin)}


def about(plugin: type[Any]) -> str:
    """Return the first line of a plugin's docstring."""
    return (plugin.__doc__ or "").strip().partition("\n")[0]


def print_json(found: dict[str, list[Entry]]) -> None:
    """Print everything as one JSON object."""
    typer.echo(json.dumps(found, indent=1))


def print_tables(found: dict[str, list[Entry]], faults: Sequence[Item]) -> None:
    """Print a table per kind, and what plugins have done wrong."""
    from rnnbench.report.terminal import console, text

    out = console()
    for kind, entries in found.items():
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title_justify="left", title_style="bold")
        table.title = kind
        for name in TABLES[kind]:
            table.add_column(name)
        for entry in entries:
            table.add_row(*map(text, COLUMNS[kind](entry)))
        out.print(table)
    for item in faults:
        out.print(text(f"{item.kind} {item.name!r} is {item.status}: {item.detail}"))


def settings(values: dict[str, Any]) -> str:
    """Return ``a=1, b=x``."""
    return ", ".join(f"{name}={value}" for name, value in values.items())


TABLES = {
    "backends": ("name", "status", "version", "devices", "variants (default first)"),
    "cells": ("name", "options", ""),
    "tasks": ("name", "options", "defaults", ""),
    "suites": ("name", ""),
}
COLUMNS: dict[str, Callable[[Entry], Sequence[str]]] = {
    "backends": lambda e: (
        e["name"],
        e["status"],
        e["version"] or "",
        ", ".join(e["devices"]),
        e["detail"] or ", ".join(sorted(e["variants"], key=lambda v: v != e["default"])),
    ),
    "cells": lambda e: (e["name"], settings(e["options"]), e["about"]),
    "tasks": lambda e: (e["name"], settings(e["options"]), settings(e["defaults"]), e["about"]),
    "suites": lambda e: (e["name"], e["about"]),
}
