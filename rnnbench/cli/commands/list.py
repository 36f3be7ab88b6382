"""``rnnbench list``."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from rnnbench.cli.options import Debug, Json, Plugins


def list_(
    what: Annotated[
        Literal["all", "backends", "cells", "networks", "tasks", "suites"], typer.Argument()
    ] = "all",
    plugins: Plugins = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """List what can be run: backends and their variants, cells, networks, tasks, suites.

    [b]rnnbench list backends[/b] asks each framework for its devices, which takes a few seconds.
    """
    from rnnbench.inventory import catalog
    from rnnbench.plugins.registry import Registry
    from rnnbench.report.lists import listing
    from rnnbench.report.spinner import waiting

    registry = Registry.of(plugins or [])
    kinds = catalog.KINDS if what == "all" else (what,)
    found = {kind: catalog.entries(kind, registry, plugins or [], waiting) for kind in kinds}
    if as_json:
        listing.print_json(found)
    else:
        listing.print_tables(found, registry.faults(catalog.FAULTS_BELOW[kind] for kind in kinds))
