"""``rnnbench list``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from rnnbench.cli.options.shared import Debug, Json, Out, Plugins
from rnnbench.system.io.streams import say
from rnnbench.text import readable


def list_(
    what: Annotated[
        Literal["all", "backends", "devices", "cells", "networks", "tasks", "suites", "runs"],
        typer.Argument(),
    ] = "all",
    plugins: Plugins = None,
    out: Out = Path("results"),
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """List what can be run: backends, cells, networks, tasks, suites; or what was run.

    [b]rnnbench list devices[/b] starts each framework and asks it, which takes a few seconds.

    [b]rnnbench list runs[/b] lists the runs in DIR, the newest last.
    """
    if what == "runs":
        list_runs(out, as_json)
        return
    from rnnbench.inventory import catalog
    from rnnbench.plugins.installing import command_to_install
    from rnnbench.plugins.registry import Registry
    from rnnbench.report.lists import listing
    from rnnbench.report.progress.spinner import waiting

    registry = Registry.of(plugins or [])
    kinds = catalog.KINDS if what == "all" else (what,)
    found, faults = catalog.parted(
        {kind: catalog.entries(kind, registry, plugins or [], waiting) for kind in kinds}
    )
    for line in faults:
        say(readable(line))
    if not all(found.get(kind, True) for kind in ("tasks", "suites")):
        say(f"no tasks are installed; {command_to_install('rnnbench-tasks')}")
    if as_json:
        listing.print_json(found)
    else:
        listing.print_tables(found, registry.faults(catalog.FAULTS_BELOW[kind] for kind in kinds))


def list_runs(out: Path, as_json: bool) -> None:
    """List the runs in a folder, the newest last."""
    from rnnbench.api import reading
    from rnnbench.cli.output.printing import print_runs
    from rnnbench.report.lists import runs as report
    from rnnbench.report.progress.spinner import waiting
    from rnnbench.system.io.streams import tell
    from rnnbench.text import plain

    with waiting(f"reading the runs in {plain(str(out))}"):
        found = [report.line(one, report.name_in(out, one)) for one in reading.every_run(out, tell)]
    none = f"no run in {out}: rnnbench run makes one, --out says where to look"
    print_runs(found, as_json, none)
