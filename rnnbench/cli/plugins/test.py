"""``rnnbench plugins test``."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from rnnbench.cli.options.shared import Debug, Plugins


def conformance(
    name: Annotated[str, typer.Argument(help="A backend, a cell, a network or a task.")],
    kind: Annotated[
        Literal["backend", "cell", "network", "task"] | None,
        typer.Option(help="Only this kind, where several plugins share the name."),
    ] = None,
    plugins: Plugins = None,
    debug: Debug = False,
) -> None:
    """Test whether a plugin keeps its promises, one line per promise.

    Exit code 0 says that all are kept, 1 that one is broken.

    [b]rnnbench plugins test torch[/b]

    [b]rnnbench plugins test mycell -p my_module[/b]
    """
    from rnnbench.plugins.authoring.kit import run
    from rnnbench.plugins.registry import Registry

    asked = plugins or []
    raise typer.Exit(run(Registry.of(asked), name, kind, asked))
