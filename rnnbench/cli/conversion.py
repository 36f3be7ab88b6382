"""The values of options, converted without pydantic, whose import takes as long as `list cells`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperArgument, TyperOption

from rnnbench.cli.options.explicit import is_given


class Conversion:
    """What Typer asks to convert the value of a parameter."""

    def __init__(self, convert: Callable[[Any], Any]) -> None:
        self.convert = convert

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the value of a parameter.

        Raises:
            typer.BadParameter: naming the parameter, if its value is none that it takes.
        """
        many = param.multiple or param.nargs == -1
        if value is None:
            return () if many else None
        if not is_given(ctx, param.name):
            return value
        try:
            return [self.convert(one) for one in value] if many else self.convert(value)
        except typer.BadParameter as error:
            error.param, error.ctx = param, ctx
            raise


def use(parameter: TyperOption | TyperArgument) -> None:
    """Have a parameter convert its value so, if it is of a kind that is known here."""
    if convert := conversion(parameter.type_descriptor):
        parameter._runtime_param = Conversion(convert)  # type: ignore[assignment]


def conversion(described: Any) -> Callable[[Any], Any] | None:
    """Return what converts a value of a type: its parser, or what makes a word or a path of it."""
    if described.parameter_info.parser is not None:
        return described.parameter_info.parser  # type: ignore[no-any-return]
    if described.choices:
        return partial(word, described.choices)
    plain: dict[Any, Callable[[Any], Any]] = {bool: bool, str: filled, list[str]: filled}
    return (plain | {Path: filled_path}).get(described.annotation)


def filled(text: str) -> str:
    """Return a text in which there is something: ``"$NAME"`` of a shell may be nothing at all."""
    if not text.strip():
        raise typer.BadParameter("it is empty.")
    return text


def filled_path(text: str) -> Path:
    """Return a path that has a name."""
    return Path(filled(text))


def word(known: tuple[str, ...], value: Any) -> str:
    """Return a value that is one of some words."""
    if value not in known:
        raise typer.BadParameter(f"{value!r} is not one of {', '.join(map(repr, known))}.")
    return str(value)
