"""The values of options, parsed as Typer wants it by :mod:`rnnbench.api.options.values`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import typer

from rnnbench.api.options import values
from rnnbench.errors import UsageError

Value = TypeVar("Value")


def parser(convert: Callable[[Any], Value]) -> Callable[[Any], Value]:
    """Return what converts a value, and tells Typer of one that its option does not take."""

    def parse(given: Any) -> Value:
        try:
            return convert(given)
        except values.BadValue as error:
            raise typer.BadParameter(str(error)) from None

    return parse


def number(hint: Any) -> Callable[[Any], Any]:
    """Return a parser of numbers of a type."""
    return parser(values.number(hint))


share = parser(values.share)
excess = parser(values.excess)
size = parser(values.size)
folder = parser(values.folder)


def assigned(assignments: Iterable[str]) -> dict[str, str]:
    """Parse the values of ``--set``, ``NAME.OPTION=VALUE``: texts by ``NAME.OPTION``.

    Raises:
        UsageError: naming the value of another form, or the option that is there twice.
    """
    found: dict[str, str] = {}
    for text in assignments:
        match = re.fullmatch(r"([\w-]+\.\w+)=(.*)", text, re.DOTALL)
        if match is None:
            raise UsageError(
                f"--set {text!r} is not NAME.OPTION=VALUE, as in adding-problem.length=200"
            )
        key, value = match.groups()
        if key in found:
            raise UsageError(
                f"--set {key} is there twice, as {found[key]!r} and as {value!r}: give it once"
            )
        found[key] = value
    return found
