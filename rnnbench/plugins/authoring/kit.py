"""Runs the test kit on an installed plugin; the plugin needs no test file for it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib import util
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from rnnbench.errors import UsageError, unknown
from rnnbench.plugins.registry import Registry

#: The kinds of plugins that a kit tests.
TestedKind: TypeAlias = Literal["backend", "cell", "network", "task"]

#: The test file, as an author would write it; the plugin is found by its name.
SOURCE = """
from rnnbench.conformance import {kit}
from rnnbench.plugins.registry import Registry


class {title}({kit}):
    {attribute} = Registry.of({asked!r}).find({kind!r}, {name!r}){call}
"""
#: Kit, attribute, and how the attribute is made of what the plugin provides.
KITS: dict[TestedKind, tuple[str, str, str]] = {
    "backend": ("BackendConformance", "info", ""),
    "cell": ("CellConformance", "cell", "()"),
    "network": ("NetworkConformance", "network", "()"),
    "task": ("TaskConformance", "task", "()"),
}
#: Warnings are errors in the plugin's own code; those of a framework are shown.
SETTINGS = """
[pytest]
addopts = --import-mode=importlib
filterwarnings =
    default
    error:::({packages})(\\.|$)
"""


def run(registry: Registry, name: str, kind: TestedKind | None, asked: Sequence[str]) -> int:
    """Test every plugin called ``name``, showing a line per promise.

    Args:
        registry: the installed plugins and those of ``asked``.
        name: the plugin.
        kind: its kind, or None for all that have the name.
        asked: the values of ``-p``, for the process that runs the tests.

    Returns:
        0 if all promises are kept, 1 if one is broken.

    Raises:
        UsageError: if there is no such plugin, it can't be loaded, or pytest is not installed.
    """
    found = {one: registry.find(one, name) for one in kinds(registry, name, kind)}
    if util.find_spec("pytest") is None:
        raise UsageError("the tests run in pytest, which is missing: pip install 'rnnbench[test]'")
    with tempfile.TemporaryDirectory(prefix="rnnbench-") as folder:
        file = Path(folder) / f"test_{re.sub(r'[^a-z0-9]', '_', name)}.py"
        file.write_text("".join(source(one, name, asked) for one in found))
        packages = {"rnnbench", *map(package, found.values())}
        settings = Path(folder) / "pytest.ini"
        settings.write_text(SETTINGS.format(packages="|".join(sorted(packages))))
        options = ["-v", "--no-header", "-p", "no:cacheprovider", "-c", settings.name]
        done = subprocess.run(
            [sys.executable, "-P", "-m", "pytest", *options, file.name],
            cwd=folder,
            # What was found here is found there, such as a module of the current folder.
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
    return min(1, abs(done.returncode))


def kinds(registry: Registry, name: str, kind: TestedKind | None) -> list[TestedKind]:
    """Return the kinds of which there is a plugin of this name, usable or not.

    Raises:
        UsageError: if there is none, with the closest name.
    """
    asked: Sequence[TestedKind] = [kind] if kind else get_args(TestedKind)
    names = {one: {item.name for item in registry.items(one)} for one in asked}
    found = [one for one in asked if name in names[one]]
    if not found:
        raise unknown(kind or ", ".join(asked), name, set.union(*names.values()))
    return found


def source(kind: TestedKind, name: str, asked: Sequence[str]) -> str:
    """Return the test class of one plugin."""
    kit, attribute, call = KITS[kind]
    title = "Test" + "".join(part.capitalize() for part in re.findall("[a-z0-9]+", name))
    return SOURCE.format(
        kit=kit,
        title=f"{title}{kind.capitalize()}",
        attribute=attribute,
        asked=list(asked),
        kind=kind,
        name=name,
        call=call,
    )


def package(provided: Any) -> str:
    """Return the package that a plugin's own code is in."""
    module = getattr(provided, "target", None) or provided.__module__
    return str(module).partition(":")[0].partition(".")[0]
