"""PyTorch on one device at one dtype."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

import numpy as np
import torch
from torch import Tensor
from torch.nn import Parameter

from rnnbench import (
    Backend,
    BackendInfo,
    Kernel,
    Layer,
    LinearCell,
    Model,
    Namespace,
    Optimizer,
    ParallelRecurrence,
    Params,
    Part,
    Problem,
    Profile,
    Program,
    copied,
    tree_map,
)
from rnnbench_torch import INFO, profiler
from rnnbench_torch.compiler import compilations, require_compiler
from rnnbench_torch.fused import KINDS, FusedRecurrence, cudnn_version
from rnnbench_torch.loop import CompiledRecurrence, LoopRecurrence
from rnnbench_torch.namespace import TorchNamespace
from rnnbench_torch.own_net import OwnModule
from rnnbench_torch.parts import fused
from rnnbench_torch.program import TorchProgram

if TYPE_CHECKING:
    from rnnbench_torch.parallel.share import Share

P = TypeVar("P", bound=TorchProgram)
DTYPES = {"float32": torch.float32, "float64": torch.float64}


class TorchBackend(Backend):
    """PyTorch; integers are int64, as its indexing wants them."""

    info: ClassVar[BackendInfo] = INFO
    FALLBACK: ClassVar[Mapping[str, str]] = {"fused": "eager", "parallel": "eager"}
    PORTABLE: ClassVar[Mapping[str, str]] = {"eager": "eager"}
    TRAINS: ClassVar[frozenset[str]] = frozenset({"adamw", "nesterov", "clip_value", "schedule"})
    xp = cast(Namespace, TorchNamespace())
    #: How many threads were asked for.
    threads: ClassVar[int] = torch.get_num_threads()

    def __init__(self, device: str = "cpu", dtype: str = "float32") -> None:
        super().__init__(device, dtype)
        self.torch_device = torch.device(device.replace("gpu", "cuda"))
        self.torch_dtype = DTYPES[dtype]

    @classmethod
    def configure(cls, threads: int) -> int:
        """Set threads, full float32 precision, flushing of denormals, and cold compilation.

        Every process compiles anew and without helper processes: its compile time is a figure of
        the table, and nothing else should run while another row is timed.

        Raises:
            RuntimeError: from PyTorch, if its inter-op threads already run in another number.
        """
        cls.threads = threads
        torch.set_num_threads(threads)
        if torch.get_num_interop_threads() != 1:  # may be set only once in a process
            torch.set_num_interop_threads(1)
        torch.set_flush_denormal(True)
        full_precision()
        torch.compiler.config.force_disable_caches = True
        os.environ["TORCHINDUCTOR_COMPILE_THREADS"] = "1"
        return torch.get_num_threads()

    @classmethod
    def matmul_precision(cls) -> str:
        """Return PyTorch's word, ``highest`` for float32 in full; ``tf32`` if cuDNN rounds."""
        products = torch.get_float32_matmul_precision()
        return "tf32" if products == "highest" and torch.backends.cudnn.allow_tf32 else products

    @classmethod
    def devices(cls) -> tuple[str, ...]:
        """The CPU, and the GPUs that CUDA sees."""
        return ("cpu", *(f"gpu:{k}" for k in range(torch.cuda.device_count())))

    @classmethod
    def versions(cls) -> dict[str, str]:
        """PyTorch, and the libraries it was built with, as far as it tells."""
        built = torch.__config__.show()
        found = {
            "torch": torch.__version__,
            "onednn": _match(r"MKL-DNN v([\d.]+)", built),
            "mkl": _match(r"Math Kernel Library Version ([\d.]+)", built),
            "cuda": torch.version.cuda,
            "cudnn": cudnn_version(),
        }
        return {name: str(version) for name, version in found.items() if version}

    def put(self, tree: Any) -> Any:
        """Copy arrays to the device: real ones at the dtype, integers as int64, booleans."""

        def convert(array: np.ndarray) -> Tensor:
            # Copied by NumPy, which keeps the layout that some parameters are given for speed.
            return torch.from_numpy(copied(array, self.dtype)).to(self.torch_device)

        return tree_map(convert, tree)

    def numpy(self, array: Tensor) -> np.ndarray:
        """Return a tensor as NumPy; on the CPU they share memory."""
        return array.numpy(force=True)

    def inference(self) -> AbstractContextManager[None]:
        """Return ``torch.inference_mode``, in which no tensor keeps account of its changes."""
        return torch.inference_mode()

    def value_and_grad(
        self, function: Callable[..., Tensor], arrays: Sequence[np.ndarray]
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """Differentiate with autograd."""
        own = [self.put(array) for array in arrays]
        real = [array.requires_grad_() for array in own if array.is_floating_point()]
        value = function(*own)
        gradients = torch.autograd.grad(value, real, materialize_grads=True)
        return self.numpy(value), [self.numpy(gradient) for gradient in gradients]

    def kernel(self, part: Part, variant: str) -> Kernel | None:
        """Return PyTorch's layer or the portable loop, compiled or not.

        Raises:
            Unsupported: if ``compile`` can't compile here.
        """
        if not isinstance(part, Layer):
            return fused(part, self._leaves) if variant == "fused" else None
        if variant == "fused":
            known = type(part.cell) in KINDS  # by the exact type: a subclass may differ
            return FusedRecurrence(part, self.torch_device, self.torch_dtype) if known else None
        if variant == "parallel":
            if not isinstance(part.cell, LinearCell):
                return None
            return ParallelRecurrence(part.cell, self.xp, self._leaves)
        if variant == "eager":
            return LoopRecurrence(part, self.xp, self._leaves)
        require_compiler(self.torch_device)
        return CompiledRecurrence(part, self.xp, self._leaves)

    def program(
        self, model: Model, params: Params, variant: str, optimizer: Optimizer
    ) -> TorchProgram:
        """Return the model on this device, its parameters as trained tensors."""
        torch.set_num_threads(self.threads)  # which ranks may have shared
        return self._program(TorchProgram, model, params, variant, optimizer)

    def parallel_program(
        self,
        model: Model,
        params: Params,
        variant: str,
        optimizer: Optimizer,
        devices: tuple[str, ...],
    ) -> Program:
        """Return the model on one process for each device; see :mod:`rnnbench_torch.parallel`.

        The threads of the CPU are shared among them, one for each at least.
        """
        from rnnbench_torch.parallel.program import (
            parallel_program,
        )  # a second, for those who use it

        return parallel_program(self, model, params, variant, optimizer, devices)

    def share(self, model: Model, params: Params, variant: str, optimizer: Optimizer) -> Share:
        """Return the program of one of several ranks, when all of them ask for theirs."""
        from rnnbench_torch.parallel.share import Share

        return self._program(Share, model, params, variant, optimizer)

    def own_net(self, factory: Callable[..., Any], problem: Problem) -> OwnModule:
        """Return a user's module."""
        return OwnModule(factory, problem, self.torch_device, self.torch_dtype, self.threads)

    def profile(self, work: Callable[[], None]) -> Profile:
        """Look with ``torch.profiler``."""
        return profiler.profile(work, self.torch_device)

    def peak_memory(self) -> int | None:
        """Return the peak bytes of CUDA's caching allocator; None on the CPU."""
        if self.torch_device.type == "cpu":
            return None
        return torch.cuda.max_memory_allocated(self.torch_device)

    def reset_peak_memory(self) -> None:
        """Start the peak of CUDA's allocator afresh."""
        if self.torch_device.type != "cpu":
            torch.cuda.reset_peak_memory_stats(self.torch_device)

    def _program(
        self,
        kind: type[P],
        model: Model,
        params: Params,
        variant: str,
        optimizer: Optimizer,
    ) -> P:
        ops = self.ops(model, variant)
        compiled = (compilations,) if variant == "compile" else ()
        return kind(model, ops, params, optimizer, self._leaves, *compiled)

    def _leaves(self, tree: Any) -> Any:
        return tree_map(Parameter, self.put(tree))


def full_precision() -> None:
    """Compute float32 in full on a GPU, where cuDNN would round its factors to TF32."""
    torch.set_float32_matmul_precision("highest")
    torch.backends.cudnn.allow_tf32 = False


def _match(pattern: str, text: str) -> str | None:
    found = re.search(pattern, text)
    return found[1] if found else None
