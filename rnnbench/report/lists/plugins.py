"""The output of ``rnnbench plugins list`` and ``doctor``."""

from __future__ import annotations

import json
import traceback
from collections.abc import Sequence
from typing import Any

from rich.table import Table

from rnnbench.plugins.discovery import Item
from rnnbench.report.console import console, print_table, text
from rnnbench.system.io.streams import say
from rnnbench.text import plain_lines

COLUMNS = ("kind", "name", "distribution", "version", "status")


def line(item: Item, debug: bool = False) -> dict[str, Any]:
    """Return an item as a line of the list, ready for JSON, with its traceback for ``debug``."""
    entry = {
        "kind": item.kind,
        "name": item.name,
        "distribution": item.origin.distribution,
        "version": item.origin.version,
        "status": item.status,
        "detail": item.detail,
    }
    return entry | {"traceback": format_traceback(item)} if debug else entry


def format_traceback(item: Item) -> str | None:
    """Return the traceback of what a plugin raised."""
    return "".join(traceback.format_exception(item.error)) if item.error else None


def print_json(entries: Sequence[dict[str, Any]]) -> None:
    """Print objects as JSON."""
    print(json.dumps(entries, indent=1))


def print_list(items: Sequence[Item], debug: bool) -> None:
    """Print a line per item, and the faults below."""
    out = console()
    entries = [line(item) for item in items]
    print_table(out, COLUMNS, [[text(e[column] or "") for column in COLUMNS] for e in entries])
    for item in items:
        if item.status not in ("ok", "disabled"):
            out.print(text(f"{item.kind} {item.name!r} is {item.status}: {item.detail}"))
        if debug:
            print_traceback(item)


def print_doctor(entries: Sequence[dict[str, Any]], items: Sequence[Item], debug: bool) -> None:
    """Print everything about each item, one below the other."""
    out = console()
    for item, entry in zip(items, entries, strict=True):
        out.print(text(f"{item.kind} {item.name}: {item.status}", style="bold"))
        table = Table(box=None, show_header=False, pad_edge=False)
        table.add_column(style="dim", no_wrap=True)
        table.add_column(overflow="fold")
        for name, value in entry.items():
            if name not in ("kind", "name", "status", "traceback") and value:
                table.add_row(f"  {name.replace('_', ' ')}", text(*shown(value)))
        out.print(table)
        out.print()
        if debug:
            print_traceback(item)


def shown(value: Any) -> list[str]:
    """Return a value of an entry in words, line by line."""
    if isinstance(value, dict):
        pairs = [f"{name} = {one}" for name, one in value.items()]
        return pairs if any(isinstance(one, str) for one in value.values()) else [", ".join(pairs)]
    return [", ".join(map(str, value)) if isinstance(value, list) else str(value)]


def print_traceback(item: Item) -> None:
    """Print the traceback of what a plugin raised, if it did, on stderr."""
    if raised := format_traceback(item):
        say(plain_lines(raised))


def print_log(log: str) -> None:
    """Print the log of a worker on stderr."""
    say(plain_lines(log))
