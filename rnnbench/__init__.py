"""Benchmarks recurrent networks across frameworks.

These names are what a plugin author needs; they are imported when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # for type checkers, which don't call __getattr__
    from rnnbench.backend import Backend as Backend
    from rnnbench.backend import Program as Program
    from rnnbench.cells import Cell as Cell
    from rnnbench.errors import Unsupported as Unsupported
    from rnnbench.errors import UsageError as UsageError
    from rnnbench.hookspecs import hookimpl as hookimpl
    from rnnbench.info import BackendInfo as BackendInfo
    from rnnbench.info import KernelInfo as KernelInfo
    from rnnbench.model import Batch as Batch
    from rnnbench.model import Layer as Layer
    from rnnbench.model import Model as Model
    from rnnbench.model import Recurrence as Recurrence
    from rnnbench.optimizer import Optimizer as Optimizer
    from rnnbench.task import Defaults as Defaults
    from rnnbench.task import Problem as Problem
    from rnnbench.task import Task as Task

#: Raised by one whenever plugins must change; a plugin may state the one it was written for as
#: ``RNNBENCH_API`` in its module.
API = 1

_HOME = {
    "hookimpl": "hookspecs",
    "Cell": "cells",
    "Backend": "backend",
    "BackendInfo": "info",
    "KernelInfo": "info",
    "Program": "backend",
    "Recurrence": "model",
    "Layer": "model",
    "Model": "model",
    "Batch": "model",
    "Optimizer": "optimizer",
    "Task": "task",
    "Problem": "task",
    "Defaults": "task",
    "Unsupported": "errors",
    "UsageError": "errors",
}

__all__ = sorted(["API", *_HOME])


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'rnnbench' has no attribute {name!r}")
    return getattr(importlib.import_module(f"rnnbench.{_HOME[name]}"), name)
