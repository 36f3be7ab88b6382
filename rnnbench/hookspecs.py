"""Everything a plugin can provide.

A plugin is a module named by an entry point in one of the groups ``rnnbench.backends``,
``rnnbench.cells`` or ``rnnbench.tasks``. An entry point of the first group carries the name of its
backend. Importing the module must not import a framework.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from rnnbench.backend import BackendInfo
    from rnnbench.cells import Cell
    from rnnbench.task import Task

hookspec = pluggy.HookspecMarker("rnnbench")
hookimpl = pluggy.HookimplMarker("rnnbench")


@hookspec
def rnnbench_backends() -> Iterable[BackendInfo]:  # type: ignore[empty-body]
    """Return the backends of this plugin."""


@hookspec
def rnnbench_cells() -> Iterable[type[Cell]]:  # type: ignore[empty-body]
    """Return the cells of this plugin: frozen dataclasses whose fields are their options."""


@hookspec
def rnnbench_tasks() -> Iterable[type[Task]]:  # type: ignore[empty-body]
    """Return the tasks of this plugin: frozen dataclasses whose fields are their options."""


@hookspec
def rnnbench_suites() -> Iterable[Path]:  # type: ignore[empty-body]
    """Return the suite files of this plugin; a suite is named by its file, without ``.toml``."""
