"""Options given as text: each becomes a value of the type that its owner declares."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rnnbench.plan.comparisons.build import misfit, option_types
from rnnbench.plan.suites.files import toml_value
from rnnbench.plugins.registry import Registry
from rnnbench.schema.types import Options

#: Words of Python for what TOML calls otherwise, and a number as ``.3``, which TOML has not.
PYTHONS = {"True": "true", "False": "false"}
LEADING_POINT = re.compile(r"\A([+-]?)\.(?=\d)")


def typed(texts: Mapping[str, Mapping[str, Any]], registry: Registry) -> dict[str, Options]:
    """Return options by the name of their owner, each text as a value of its declared type.

    A text that is no such value stays one, as does one for what does not exist: what it should have
    been is told where names and values are checked, see :mod:`rnnbench.plan.comparisons.build`.

    Raises:
        PluginError: if an option declares a type that is none.
    """
    known = registry.cells | registry.tasks | registry.networks if texts else {}
    hints = {name: option_types(name, known[name]) for name in texts if name in known}
    return {
        name: {
            option: value_of(name, given, hints.get(name, {}).get(option, str))
            if isinstance(given, str)
            else given
            for option, given in own.items()
        }
        for name, own in texts.items()
    }


def value_of(name: str, text: str, hint: Any) -> Any:
    """Return a text as a value of a type, of an option of the task or the cell ``name``.

    A type that takes a text takes it as it stands. Numbers, booleans and lists are written as in
    TOML; what is none of them stays a text.
    """
    if misfit(name, text, hint) is None:
        return text
    written = text.strip()
    value = toml_value(PYTHONS.get(written, LEADING_POINT.sub(r"\g<1>0.", written)))
    return value if is_plain(value) else text


def is_plain(value: Any) -> bool:
    """Return whether a value of TOML can be that of an option: no table, and no date."""
    if isinstance(value, list):
        return all(isinstance(one, bool | int | float | str) for one in value)
    return isinstance(value, bool | int | float | str)
