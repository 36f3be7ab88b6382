"""``rnnbench plugins new``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rnnbench.cli.options.shared import Debug, Plugins
from rnnbench.cli.options.values import folder as as_folder


def new(
    kind: Annotated[
        str, typer.Argument(metavar="backend|cell|network|task", help="What to begin.")
    ],
    name: Annotated[str, typer.Argument(help="Of the plugin, as tables will show it.")],
    folder: Annotated[
        Path,
        typer.Option("--output", parser=as_folder, metavar="DIR", help="Where the project goes."),
    ] = Path(),
    plugins: Plugins = None,
    debug: Debug = False,
) -> None:
    """Write the project of a new plugin, whose tests pass as it is.

    [b]rnnbench plugins new cell mgu[/b]
    """
    from rnnbench.plugins.authoring.scaffold import create, next_steps
    from rnnbench.plugins.registry import Registry

    project = create(kind, name, folder, Registry.of(plugins or []))
    print(f"{project} is a {kind} that works. Next:\n")
    for command in next_steps(kind, name, project):
        print(f"    {command}")
