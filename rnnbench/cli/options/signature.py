"""Gives a command the options of a measurement, so that each is declared once.

Typer makes options of the parameters of a function. A command has one parameter, ``measurement``;
here it is replaced by a parameter for each field of the class and for each setting.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Collection, Iterator
from typing import Any, TypeAlias, get_type_hints

import typer
from msgspec.inspect import BoolType, IntType, LiteralType, Metadata, type_info

from rnnbench.cli.options.measurement import Measurement
from rnnbench.cli.options.values import number
from rnnbench.schema.suite import Settings

Command: TypeAlias = Callable[..., None]
KEYWORD_ONLY = inspect.Parameter.KEYWORD_ONLY


def takes_measurement(without: Collection[str] = ()) -> Callable[[Command], Command]:
    """Return a decorator that gives a command the options of a measurement.

    They take the place of its parameter ``measurement``, in which the command finds their values.

    Args:
        without: settings, and fields of a measurement, that the command has no option for.
    """

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def call(**given: Any) -> None:
            measurement = taken_out(given)
            command(**given, measurement=measurement)

        shared = [option for option in measurement_options() if option.name not in without]
        parameters = [
            option.replace(kind=KEYWORD_ONLY)
            for parameter in inspect.signature(command, eval_str=True).parameters.values()
            for option in (shared if parameter.name == "measurement" else [parameter])
        ]
        call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        call.__annotations__ = {}  # they are in the signature
        return call

    return decorate


def measurement_options() -> Iterator[inspect.Parameter]:
    """Yield the options of a measurement, as parameters of a command."""
    hints = get_type_hints(Measurement, include_extras=True)
    for field in dataclasses.fields(Measurement):
        if field.name == "settings":
            yield from setting_options()
        else:
            yield inspect.Parameter(
                field.name, KEYWORD_ONLY, default=field.default, annotation=hints[field.name]
            )


def setting_options() -> Iterator[inspect.Parameter]:
    """Yield an option for each setting, as a parameter of a command."""
    hints, limits = get_type_hints(Settings), get_type_hints(Settings, include_extras=True)
    for field in type_info(Settings).fields:  # type: ignore[attr-defined]
        option = setting_option(field.type, limits[field.name])
        hint = hints[field.name]
        yield inspect.Parameter(field.name, KEYWORD_ONLY, default=option, annotation=hint)


def setting_option(described: Metadata, hint: Any) -> Any:
    """Return the option of a setting, with the limits and the help that the schema states."""
    limits, _none = described.type.types  # type: ignore[attr-defined]
    option: dict[str, Any] = {}
    if not isinstance(limits, BoolType | LiteralType):
        option = {"parser": number(hint), "metavar": "N" if isinstance(limits, IntType) else "X"}
    return typer.Option(None, **option | (described.extra or {}))


def taken_out(given: dict[str, Any]) -> Measurement:
    """Return the measurement that a command was given, its options' values taken out of all."""
    settings = {name: given.pop(name) for name in Settings.__struct_fields__ if name in given}
    fields = (field.name for field in dataclasses.fields(Measurement) if field.name in given)
    own = {name: given.pop(name) for name in list(fields)}
    return Measurement(settings=Settings(**settings), **own)
