"""Runs the test kit on an installed plugin; the plugin needs no test file for it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from importlib import util
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from rnnbench.errors import UsageError, unknown
from rnnbench.plugins.registry import Registry
from rnnbench.system.io.streams import say
from rnnbench.system.processes.signals import how_ended
from rnnbench.text import shown

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
#: The file that says how the tests ended, and what writes it when they do.
VERDICT = "verdict"
REPORTS = f"""
from pathlib import Path


def pytest_sessionfinish(exitstatus):
    Path(__file__).with_name({VERDICT!r}).write_text(str(int(exitstatus)))
"""
#: Seconds that tests have after Ctrl-C.
PATIENCE = 3.0
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
        (Path(folder) / "conftest.py").write_text(REPORTS)
        code = run_pytest(Path(folder), settings.name, file.name)
        verdict = Path(folder) / VERDICT
        if verdict.is_file():  # an exit code can be of the plugin's own making
            return int(verdict.read_text() != "0")
    say(f"rnnbench: {shown(name)} has ended the tests: {how_ended(code)}")
    return 1


def run_pytest(folder: Path, settings: str, file: str) -> int:
    """Run a test file, end what it has started, and return the exit code."""
    options = ["-v", "--no-header", "-p", "no:cacheprovider", "-c", settings]
    tests = subprocess.Popen(
        [sys.executable, "-P", "-m", "pytest", *options, file],
        cwd=folder,
        # What was found here is found there, such as a module of the current folder.
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdin=subprocess.DEVNULL,
        process_group=0,
    )
    try:
        return tests.wait()
    except KeyboardInterrupt:
        with suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(tests.pid, signal.SIGINT)
            tests.wait(PATIENCE)
        raise
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(tests.pid, signal.SIGKILL)
        tests.wait()


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
