"""The command line that a call stands for, so that a run can be repeated by either."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from inspect import signature
from typing import Any

#: Options that are not called as their parameter.
NAMES = {"plugins": "-p", "models": "--model"}
#: What is no option of a command.
OF_PYTHON = frozenset({"progress"})


def words(function: Callable[..., Any], given: Mapping[str, Any]) -> list[str]:
    """Return the words of a command, after ``rnnbench``, for the options that are not as usual.

    Args:
        function: what was called, named as the command is.
        given: the values of its parameters, by name.
    """
    usual = defaults(function)
    found = [function.__name__]
    for name, value in given.items():
        if name not in OF_PYTHON and value not in (None, usual[name], (), [], {}):
            found += option(option_name(name), value)
    return found


def defaults(function: Callable[..., Any]) -> dict[str, Any]:
    """Return what each parameter of a function is where it is not given."""
    return {name: one.default for name, one in signature(function).parameters.items()}


def option_name(parameter: str) -> str:
    """Return what a parameter is called on the command line: ``--max-time``."""
    return NAMES.get(parameter) or f"--{parameter.strip('_').replace('_', '-')}"


def option(name: str, value: Any) -> Iterator[str]:
    """Yield the words of one option: once for each entry of a table, with commas for a list."""
    if name == "--resume":
        yield from (str(value), name)
    elif isinstance(value, bool):
        yield name if value else name.replace("--", "--no-", 1)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from (name, f"{key}={text(one)}")
    elif isinstance(value, str) or name in NAMES.values() or not isinstance(value, list | tuple):
        for one in value if isinstance(value, list | tuple) else [value]:
            yield from (name, str(one))
    else:
        yield from (name, ",".join(map(str, value)))


def text(value: Any) -> str:
    """Return the value of an option of a task, a cell or a network as a suite would have it."""
    return json.dumps(value) if isinstance(value, bool | list | tuple) else str(value)
