"""Options that several commands share, and what checks their values."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def positive(value: float | None) -> float | None:
    """Refuse what is not above 0."""
    if value is not None and not 0 < value < float("inf"):
        raise typer.BadParameter(f"{value:g} is not above 0.")
    return value


def share(text: str) -> float:
    """Parse ``2%`` or ``0.02``."""
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no share, as 2% or 0.02 are.") from None
    if not 0 < value < 1:
        raise typer.BadParameter(f"{text} is not between 0 and 1, as 2% or 0.02 are.")
    return value


Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Where runs lie.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
Plugins = Annotated[
    list[str] | None,
    typer.Option(
        "-p", metavar="MODULE", help="Load a plugin by its module; [b]no:NAME[/b] keeps one out."
    ),
]
Delta = Annotated[
    float | None,
    typer.Option(
        parser=share, metavar="P", help="Rows that differ by less are the same; 2% by default."
    ),
]
