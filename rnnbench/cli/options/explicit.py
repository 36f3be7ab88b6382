"""Which options the user has typed: a run that is resumed has most of them from its file."""

from __future__ import annotations

from collections.abc import Container

import typer


def given_beside(context: typer.Context, allowed: Container[str]) -> list[str]:
    """Return the options on the command line, rather than at their defaults, but those allowed."""
    names = [(one.name, one.opts[0]) for one in context.command.params if one.name]
    given = [option for name, option in names if is_given(context, name)]
    return [option for option in given if option not in allowed]


def is_given(context: typer.Context, parameter: str) -> bool:
    """Return whether a parameter stands on the command line."""
    source = context.get_parameter_source(parameter)
    return source is not None and source.name == "COMMANDLINE"
