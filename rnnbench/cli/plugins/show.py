"""``rnnbench plugins``: what is installed, and what is wrong with it."""

from __future__ import annotations

from typing import Annotated

import typer

from rnnbench.cli.help_page import PlainCommand, PlainGroup
from rnnbench.cli.options.shared import Debug, Json, Plugins
from rnnbench.cli.plugins.new import new
from rnnbench.cli.plugins.test import conformance

plugins = typer.Typer(
    cls=PlainGroup,
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Look at plugins: backends, cells, networks, tasks, suites and kernels.",
)
plugins.command("new", cls=PlainCommand)(new)
plugins.command("test", cls=PlainCommand)(conformance)


@plugins.command("list", cls=PlainCommand)
def list_(asked: Plugins = None, as_json: Json = False, debug: Debug = False) -> None:
    """List everything that plugins provide, with where it comes from and whether it can be used.

    No framework is imported: [b]rnnbench list devices[/b] asks each for its own.

    [b]rnnbench plugins list --json[/b]
    """
    from rnnbench.plugins.registry import Registry
    from rnnbench.report.lists import plugins as report

    items = Registry.of(asked or []).everything()
    if as_json:
        report.print_json([report.line(item, debug) for item in items])
    else:
        report.print_list(items, debug)


@plugins.command("doctor", cls=PlainCommand)
def doctor(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Of one of them, or of a distribution.")
    ],
    asked: Plugins = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Explain what bears a name: where it comes from, its status and what to do, what it offers.

    A backend is asked to import its framework. The exit code is 1 if a plugin is at fault.

    [b]rnnbench plugins doctor jax[/b]
    """
    from rnnbench.inventory import plugin_findings
    from rnnbench.plugins.discovery import FAULTS
    from rnnbench.plugins.registry import Registry
    from rnnbench.report.lists import plugins as report
    from rnnbench.report.progress.spinner import waiting

    registry = Registry.of(asked or [])
    items = plugin_findings.with_imports_tried(
        plugin_findings.items_named(name, registry),
        asked or [],
        waiting,
        report.print_log if debug else None,
    )
    entries = [
        report.line(item, debug) | plugin_findings.findings(item, registry) for item in items
    ]
    if as_json:
        report.print_json(entries)
    else:
        report.print_doctor(entries, items, debug)
    raise typer.Exit(1 if any(item.status in FAULTS for item in items) else 0)
