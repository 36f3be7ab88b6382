"""``rnnbench list``."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from rnnbench.commands.options import Debug, Json, Plugins


def list_(
    what: Annotated[
        Literal["all", "backends", "cells", "tasks", "suites"], typer.Argument()
    ] = "all",
    plugins: Plugins = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """List what can be run: backends and their variants, cells, tasks, suites.

    [b]rnnbench list backends[/b] asks each framework for its devices, which takes a few seconds.
    """
    from rnnbench import listing
    from rnnbench.plugins import Registry

    registry = Registry.of(plugins or [])
    kinds = listing.KINDS if what == "all" else (what,)
    found = {kind: listing.entries(kind, registry, plugins or []) for kind in kinds}
    if as_json:
        listing.print_json(found)
    else:
        listing.print_tables(found, registry.faults(listing.UNTOLD[kind] for kind in kinds))
