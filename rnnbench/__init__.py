"""Benchmarks recurrent networks across frameworks.

These names are what a plugin author needs, and all that a plugin may import beside the test kit in
:mod:`rnnbench.conformance`. They are imported when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # for type checkers, which don't call __getattr__
    from rnnbench.contracts.backend import Backend as Backend
    from rnnbench.contracts.hooks import hookimpl as hookimpl
    from rnnbench.contracts.info import BackendInfo as BackendInfo
    from rnnbench.contracts.info import KernelInfo as KernelInfo
    from rnnbench.contracts.loop import LoopRecurrence as LoopRecurrence
    from rnnbench.contracts.loop import pack as pack
    from rnnbench.contracts.loop import unpack as unpack
    from rnnbench.contracts.program import Program as Program
    from rnnbench.contracts.task import Defaults as Defaults
    from rnnbench.contracts.task import Problem as Problem
    from rnnbench.contracts.task import Task as Task
    from rnnbench.errors import Unsupported as Unsupported
    from rnnbench.errors import UsageError as UsageError
    from rnnbench.models.cell import Cell as Cell
    from rnnbench.models.cell import Group as Group
    from rnnbench.models.cell import Shapes as Shapes
    from rnnbench.models.cell import State as State
    from rnnbench.models.cells.elman import Elman as Elman
    from rnnbench.models.cells.gru import GRU as GRU
    from rnnbench.models.cells.lstm import LSTM as LSTM
    from rnnbench.models.layer import Layer as Layer
    from rnnbench.models.layer import Ops as Ops
    from rnnbench.models.layer import Recurrence as Recurrence
    from rnnbench.models.model import Model as Model
    from rnnbench.models.namespace import Array as Array
    from rnnbench.models.namespace import Namespace as Namespace
    from rnnbench.models.optimizer import Optimizer as Optimizer
    from rnnbench.models.trees import Batch as Batch
    from rnnbench.models.trees import Native as Native
    from rnnbench.models.trees import Params as Params
    from rnnbench.models.trees import States as States
    from rnnbench.models.trees import tree_map as tree_map
    from rnnbench.oracle.backend import NumpyBackend as NumpyBackend
    from rnnbench.oracle.backend import NumpyProgram as NumpyProgram
    from rnnbench.oracle.namespace import NumpyNamespace as NumpyNamespace
    from rnnbench.oracle.optimizer import ReferenceOptimizer as ReferenceOptimizer
    from rnnbench.system.threads import limit_threads as limit_threads

#: Raised by one whenever plugins must change; a plugin may state the one it was written for as
#: ``RNNBENCH_API`` in its module.
API = 1

#: The module of each public name.
_HOME = {
    "hookimpl": "contracts.hooks",
    "BackendInfo": "contracts.info",
    "KernelInfo": "contracts.info",
    "Backend": "contracts.backend",
    "Program": "contracts.program",
    "LoopRecurrence": "contracts.loop",
    "pack": "contracts.loop",
    "unpack": "contracts.loop",
    "Task": "contracts.task",
    "Problem": "contracts.task",
    "Defaults": "contracts.task",
    "Cell": "models.cell",
    "Group": "models.cell",
    "Shapes": "models.cell",
    "State": "models.cell",
    "Elman": "models.cells.elman",
    "LSTM": "models.cells.lstm",
    "GRU": "models.cells.gru",
    "Layer": "models.layer",
    "Recurrence": "models.layer",
    "Ops": "models.layer",
    "Model": "models.model",
    "Optimizer": "models.optimizer",
    "Array": "models.namespace",
    "Namespace": "models.namespace",
    "Batch": "models.trees",
    "Native": "models.trees",
    "Params": "models.trees",
    "States": "models.trees",
    "tree_map": "models.trees",
    "NumpyBackend": "oracle.backend",
    "NumpyProgram": "oracle.backend",
    "NumpyNamespace": "oracle.namespace",
    "ReferenceOptimizer": "oracle.optimizer",
    "limit_threads": "system.threads",
    "Unsupported": "errors",
    "UsageError": "errors",
}

__all__ = sorted(["API", *_HOME])


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'rnnbench' has no attribute {name!r}")
    return getattr(importlib.import_module(f"rnnbench.{_HOME[name]}"), name)
