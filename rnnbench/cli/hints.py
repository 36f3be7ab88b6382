"""What a user may have meant by an option, or a value of one, that does not exist."""

from __future__ import annotations

import re
from typing import Any

from typer.exceptions import TyperException

from rnnbench.errors import closest

#: Options of other programs, and words of ours that are no options, by what they mean here.
MEANT = {
    "--row": "--backends",
    "--rows": "--backends",
    "--variant": "--backends",
    "--variants": "--backends",
    "--framework": "--backends",
    "--epochs": "--steps",
    "--iterations": "--steps",
    "--learning-rate": "--lr",
    "--units": "--hidden",
    "--hidden-size": "--hidden",
    "--num-layers": "--layers",
    "--repeats": "--processes",
    "--gpu": "--device",
    "--output-dir": "--out",
    "--dir": "--output",
}


def message(error: TyperException) -> str:
    """Return what is wrong with a command line, with what is close to it."""
    if name := getattr(error, "option_name", None):
        return f"{error.message.rstrip('.')}.{did_you_mean(meant(name, options(error)))}"
    told = error.format_message()
    value = re.search(r"(['\"])(.*)\1 is not one of ", error.message)
    parameter = getattr(error, "param", None)
    if value and parameter is not None:
        return f"{told}{did_you_mean(closest(value[2], map(str, choices(parameter))))}"
    return told


def meant(name: str, known: list[str]) -> str | None:
    """Return the option that a name is close to, or another word for."""
    if (other := MEANT.get(name)) in known:
        return other
    found = closest(name.strip("-"), (option.strip("-") for option in known))
    return f"--{found}" if found else None


def options(error: Any) -> list[str]:
    """Return the long options of the command that was called."""
    parameters = error.ctx.command.get_params(error.ctx) if error.ctx else []
    return [name for one in parameters for name in one.opts if name.startswith("--")]


def choices(parameter: Any) -> tuple[Any, ...]:
    """Return the words that a parameter may be."""
    return tuple(parameter.type_descriptor.choices or ())


def did_you_mean(name: str | None) -> str:
    """Return the question whether this was meant, nothing where nothing is close."""
    return f" Did you mean {name!r}?" if name else ""
