"""Benchmarks recurrent networks across frameworks.

``import rnnbench as rb``: :func:`run` measures, :func:`load` reads what was measured, and so on;
see ``docs/python.md``. The other names are what a plugin author needs, and all that a plugin may
import beside the test kit in :mod:`rnnbench.conformance`. They are imported when they are first
used.
"""

# Nothing is loaded here: until ``rnnbench.cli.main`` is there, Ctrl-C is a traceback of Python's.
TYPE_CHECKING = False
if TYPE_CHECKING:  # for type checkers, which don't call __getattr__
    from rnnbench.api.comparing import compare as compare
    from rnnbench.api.loading import load as load
    from rnnbench.api.loading import runs as runs
    from rnnbench.api.measuring import Interrupted as Interrupted
    from rnnbench.api.measuring import run as run
    from rnnbench.api.measuring import scale as scale
    from rnnbench.api.publishing import publish as publish
    from rnnbench.contracts.backend import Backend as Backend
    from rnnbench.contracts.companion import Companion as Companion
    from rnnbench.contracts.companion import worker_timeout as worker_timeout
    from rnnbench.contracts.hooks import API as API
    from rnnbench.contracts.hooks import hookimpl as hookimpl
    from rnnbench.contracts.info import BackendInfo as BackendInfo
    from rnnbench.contracts.info import KernelInfo as KernelInfo
    from rnnbench.contracts.own_net import OwnKernel as OwnKernel
    from rnnbench.contracts.own_net import check_anew as check_anew
    from rnnbench.contracts.own_net import example_inputs as example_inputs
    from rnnbench.contracts.own_net import net_kind as net_kind
    from rnnbench.contracts.own_net import unfit_net as unfit_net
    from rnnbench.contracts.profile import Profile as Profile
    from rnnbench.contracts.program import Program as Program
    from rnnbench.contracts.recurrences.bptt import BPTTRecurrence as BPTTRecurrence
    from rnnbench.contracts.recurrences.decay import decays as decays
    from rnnbench.contracts.recurrences.loop import LoopRecurrence as LoopRecurrence
    from rnnbench.contracts.recurrences.packing import pack as pack
    from rnnbench.contracts.recurrences.packing import unpack as unpack
    from rnnbench.contracts.recurrences.parallel import ParallelRecurrence as ParallelRecurrence
    from rnnbench.contracts.recurrences.pointwise import Pointwise as Pointwise
    from rnnbench.contracts.recurrences.pointwise import pointwise as pointwise
    from rnnbench.contracts.task import Defaults as Defaults
    from rnnbench.contracts.task import Task as Task
    from rnnbench.errors import OwnNetError as OwnNetError
    from rnnbench.errors import RankEnded as RankEnded
    from rnnbench.errors import ResultsError as ResultsError
    from rnnbench.errors import RnnbenchError as RnnbenchError
    from rnnbench.errors import Unsupported as Unsupported
    from rnnbench.errors import UsageError as UsageError
    from rnnbench.models.arrays.array_functions import Array as Array
    from rnnbench.models.arrays.array_functions import Namespace as Namespace
    from rnnbench.models.arrays.array_functions import State as State
    from rnnbench.models.arrays.derived import Derived as Derived
    from rnnbench.models.arrays.trees import Batch as Batch
    from rnnbench.models.arrays.trees import Native as Native
    from rnnbench.models.arrays.trees import Params as Params
    from rnnbench.models.arrays.trees import States as States
    from rnnbench.models.arrays.trees import copied as copied
    from rnnbench.models.arrays.trees import shares as shares
    from rnnbench.models.arrays.trees import tree_map as tree_map
    from rnnbench.models.cell import Cell as Cell
    from rnnbench.models.cell import Group as Group
    from rnnbench.models.cell import LinearCell as LinearCell
    from rnnbench.models.cell import Shapes as Shapes
    from rnnbench.models.cell import advance as advance
    from rnnbench.models.cells.gated.gru import GRU as GRU
    from rnnbench.models.cells.gated.gru_reset_before import ResetBeforeGRU as ResetBeforeGRU
    from rnnbench.models.cells.gated.lstm import LSTM as LSTM
    from rnnbench.models.cells.simple.elman import Elman as Elman
    from rnnbench.models.counting import Flops as Flops
    from rnnbench.models.kernel import Kernel as Kernel
    from rnnbench.models.kernel import Ops as Ops
    from rnnbench.models.kernel import Recurrence as Recurrence
    from rnnbench.models.layers.attention import DotProductAttention as DotProductAttention
    from rnnbench.models.layers.convolution import Convolution as Convolution
    from rnnbench.models.layers.dense import Dense as Dense
    from rnnbench.models.layers.embedding import Embedding as Embedding
    from rnnbench.models.layers.recurrent import Layer as Layer
    from rnnbench.models.model import Model as Model
    from rnnbench.models.network import Memory as Memory
    from rnnbench.models.network import Network as Network
    from rnnbench.models.network import Spec as Spec
    from rnnbench.models.network_part import Part as Part
    from rnnbench.models.network_part import Run as Run
    from rnnbench.models.networks.stack import Stack as Stack
    from rnnbench.models.problem import Problem as Problem
    from rnnbench.models.training.optimizer import Optimizer as Optimizer
    from rnnbench.models.vocabulary import Vocabulary as Vocabulary
    from rnnbench.oracle.backend import NumpyBackend as NumpyBackend
    from rnnbench.oracle.backend import NumpyProgram as NumpyProgram
    from rnnbench.oracle.differentiable_numpy import NumpyNamespace as NumpyNamespace
    from rnnbench.oracle.optimizer import ReferenceOptimizer as ReferenceOptimizer
    from rnnbench.system.io.files import read_file as read_file
    from rnnbench.system.io.texts import NotText as NotText
    from rnnbench.system.io.texts import read_text as read_text
    from rnnbench.system.threads import limit_threads as limit_threads

    __version__: str

#: The module of each public name.
_HOME = {
    "API": "contracts.hooks",
    "compare": "api.comparing",
    "load": "api.loading",
    "publish": "api.publishing",
    "runs": "api.loading",
    "run": "api.measuring",
    "scale": "api.measuring",
    "Interrupted": "api.measuring",
    "hookimpl": "contracts.hooks",
    "BackendInfo": "contracts.info",
    "KernelInfo": "contracts.info",
    "Backend": "contracts.backend",
    "OwnKernel": "contracts.own_net",
    "check_anew": "contracts.own_net",
    "example_inputs": "contracts.own_net",
    "net_kind": "contracts.own_net",
    "unfit_net": "contracts.own_net",
    "Companion": "contracts.companion",
    "worker_timeout": "contracts.companion",
    "Profile": "contracts.profile",
    "Program": "contracts.program",
    "LoopRecurrence": "contracts.recurrences.loop",
    "ParallelRecurrence": "contracts.recurrences.parallel",
    "pack": "contracts.recurrences.packing",
    "BPTTRecurrence": "contracts.recurrences.bptt",
    "Pointwise": "contracts.recurrences.pointwise",
    "pointwise": "contracts.recurrences.pointwise",
    "decays": "contracts.recurrences.decay",
    "unpack": "contracts.recurrences.packing",
    "Task": "contracts.task",
    "Defaults": "contracts.task",
    "Problem": "models.problem",
    "Cell": "models.cell",
    "LinearCell": "models.cell",
    "Group": "models.cell",
    "Shapes": "models.cell",
    "State": "models.arrays.array_functions",
    "advance": "models.cell",
    "Elman": "models.cells.simple.elman",
    "LSTM": "models.cells.gated.lstm",
    "GRU": "models.cells.gated.gru",
    "Part": "models.network_part",
    "Run": "models.network_part",
    "Convolution": "models.layers.convolution",
    "Dense": "models.layers.dense",
    "DotProductAttention": "models.layers.attention",
    "Embedding": "models.layers.embedding",
    "Layer": "models.layers.recurrent",
    "Kernel": "models.kernel",
    "Recurrence": "models.kernel",
    "Ops": "models.kernel",
    "Network": "models.network",
    "Spec": "models.network",
    "Flops": "models.counting",
    "Memory": "models.network",
    "Stack": "models.networks.stack",
    "Model": "models.model",
    "Optimizer": "models.training.optimizer",
    "Vocabulary": "models.vocabulary",
    "Array": "models.arrays.array_functions",
    "Namespace": "models.arrays.array_functions",
    "Derived": "models.arrays.derived",
    "Batch": "models.arrays.trees",
    "Native": "models.arrays.trees",
    "Params": "models.arrays.trees",
    "States": "models.arrays.trees",
    "copied": "models.arrays.trees",
    "shares": "models.arrays.trees",
    "tree_map": "models.arrays.trees",
    "NumpyBackend": "oracle.backend",
    "NumpyProgram": "oracle.backend",
    "NumpyNamespace": "oracle.differentiable_numpy",
    "ReferenceOptimizer": "oracle.optimizer",
    "read_file": "system.io.files",
    "read_text": "system.io.texts",
    "NotText": "system.io.texts",
    "limit_threads": "system.threads",
    "OwnNetError": "errors",
    "RankEnded": "errors",
    "RnnbenchError": "errors",
    "ResetBeforeGRU": "models.cells.gated.gru_reset_before",
    "ResultsError": "errors",
    "Unsupported": "errors",
    "UsageError": "errors",
}

__all__ = sorted(["__version__", *_HOME])


def __getattr__(name: str) -> object:
    import importlib

    if name == "__version__":
        return importlib.import_module("importlib.metadata").version("rnnbench")
    if name not in _HOME:
        raise AttributeError(f"module 'rnnbench' has no attribute {name!r}")
    return getattr(importlib.import_module(f"rnnbench.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
