"""Benchmarks recurrent networks across frameworks.

These names are what a plugin author needs; they are imported when they are first used.
"""

from __future__ import annotations

import importlib
from typing import Any

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
