"""The help page of a command, without a program's words for what an option takes."""

from __future__ import annotations

import inspect
import re
from shutil import get_terminal_size
from typing import Any

from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from rnnbench.cli import conversion
from rnnbench.cli.hints import choices
from rnnbench.text import either

#: Columns of a help page at least, and the longest list of choices that then fits into its column.
NARROWEST, LONGEST = 80, 16


class PlainCommand(TyperCommand):
    """A command whose parameters show what is typed for them: nothing after a switch."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the page, however narrow."""
        cut_nothing()
        self.help = flowing(self.help)
        super().format_help(ctx, formatter)

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, their placeholders in a user's words."""
        return list(map(worded, super().get_params(ctx)))


class PlainGroup(TyperGroup):
    """A group of commands whose own options show the same."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the page, however narrow."""
        cut_nothing()
        self.help = flowing(self.help)
        super().format_help(ctx, formatter)

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, their placeholders in a user's words."""
        return list(map(worded, super().get_params(ctx)))


def flowing(text: str | None) -> str | None:
    """Return a help text whose paragraphs are a line each, as Typer has the first one alone."""
    return text and re.sub(r"(?<=\S)\n(?=\S)", " ", inspect.cleandoc(text))


def cut_nothing() -> None:
    """Have Typer lay out pages for a width at which no word is cut, beyond the edge if need be."""
    from typer import rich_utils

    rich_utils.MAX_WIDTH = max(NARROWEST, get_terminal_size().columns)


def worded(parameter: Any) -> Any:
    """Return a parameter that converts its value by itself, its placeholder in a user's words."""
    conversion.use(parameter)
    if isinstance(parameter, TyperOption) and parameter.metavar is None:
        parameter.metavar = placeholder(parameter)
        if len(parameter.metavar) > LONGEST:
            parameter.metavar = "KIND"
            one_of = f"One of {either(map(str, choices(parameter)))}."
            parameter.help = f"{parameter.help or ''} {one_of}".strip()
    elif isinstance(parameter, TyperArgument):  # its name says what it is
        setattr(parameter, "display_type_rich", lambda ctx: alternatives(parameter))  # noqa: B010
    return parameter


def placeholder(option: TyperOption) -> str:
    """Return what stands for an option's value."""
    if option.is_flag:
        return ""
    return alternatives(option) or "NAME"


def alternatives(parameter: TyperOption | TyperArgument) -> str:
    """Return what a parameter may be, if that is one of some words."""
    return "|".join(map(str, choices(parameter)))
