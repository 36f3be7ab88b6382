"""The help page of a command, without a program's words for what an option takes."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperOption


class PlainCommand(TyperCommand):
    """A command whose options show what is typed after them: nothing after a switch."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, their placeholders in a user's words."""
        found = super().get_params(ctx)
        for option in found:
            if isinstance(option, TyperOption) and option.metavar is None:
                option.metavar = placeholder(option)
        return found


def placeholder(option: TyperOption) -> str:
    """Return what stands for an option's value."""
    if option.is_flag:
        return ""
    choices = option.type_descriptor.choices
    return "|".join(map(str, choices)) if choices else "NAME"
