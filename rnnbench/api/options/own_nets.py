"""Nets of one's own as a notebook or a script gives them: by a text, or by what makes them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from rnnbench.api.options import values
from rnnbench.errors import UsageError
from rnnbench.text import shown

#: As ``"mynet.py:Net"``, or a class or a function that is imported from such a file.
Net: TypeAlias = str | Callable[..., Any]
Nets: TypeAlias = Net | Sequence[Net]


def named(nets: Nets | None) -> list[str]:
    """Return nets as ``--model`` names them.

    Raises:
        UsageError: for what is no net, or is not written in a file that a worker can run.
    """
    if nets is None:
        return []
    if isinstance(nets, str):
        return values.listed(nets)
    return [net if isinstance(net, str) else place_of(net) for net in values.several(nets)]


def place_of(net: Any) -> str:
    """Return the file that a class or a function comes from, and its name there: ``FILE:NAME``.

    Raises:
        UsageError: see :func:`named`.
    """
    name = getattr(net, "__qualname__", None)
    if not callable(net) or not isinstance(name, str):
        raise UsageError(
            f"models: {shown(net)} is no net: give a class, a function or 'mynet.py:Net'"
        )
    if not name.isidentifier():
        alone = "a lambda has no name" if name == "<lambda>" else f"{name} is made within another"
        raise UsageError(f"models: {alone}: write it with def or class at the top of a file")
    module = sys.modules.get(net.__module__)
    file = getattr(module, "__file__", None)
    if not str(file).endswith(".py"):
        raise UsageError(
            f"models: {name} is in no file of its own, and is to run in another process: begin its "
            f"cell with %%writefile mynet.py and give models=['mynet.py:{name}']"
        )
    return f"{file}:{name}"
