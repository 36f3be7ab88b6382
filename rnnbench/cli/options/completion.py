"""What a shell offers for a value when somebody presses Tab."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal, TypeAlias

import typer

Kind: TypeAlias = Literal["backends", "cells", "networks", "suites", "tasks"]
Complete: TypeAlias = Callable[[str], list[str]]


def name(kind: Kind) -> Complete:
    """Return what completes the name of one plugin of a kind."""

    def complete(incomplete: str) -> list[str]:
        return beginning_with(incomplete, installed(kind))

    return complete


def names(kind: Kind) -> Complete:
    """Return what completes the last name of a list with commas; ``all`` is one."""

    def complete(incomplete: str) -> list[str]:
        before, comma, last = incomplete.rpartition(",")
        found = beginning_with(last, ["all", *installed(kind)])
        return [f"{before}{comma}{one}" for one in found]

    return complete


def run(context: typer.Context, incomplete: str) -> list[str]:
    """Return the names of runs, or of their folders, that begin so; ``latest`` is one."""
    from rnnbench.results.runs.folders import entries

    there = entries(context.params.get("out") or Path("results"))
    return beginning_with(incomplete, ["latest", *(one.name or one.folder for one in there)])


def installed(kind: Kind) -> Iterable[str]:
    """Return the names of all installed plugins of a kind."""
    from rnnbench.plugins.registry import Registry

    found: Iterable[str] = getattr(Registry.of(), kind)
    return found


def beginning_with(incomplete: str, found: Iterable[str]) -> list[str]:
    """Return the names that begin so, each once, sorted."""
    return sorted({one for one in found if one.startswith(incomplete)})
