"""The backend contract: run the core's functions, fast, on one framework.

A backend plugin announces itself with a :class:`~rnnbench.BackendInfo` (which imports nothing)
and provides a subclass of :class:`Backend`. The core owns the equations, the data, the initial
weights, the losses and the clock; a backend owns only how they are run.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar

import numpy as np

from rnnbench.contracts.info import BackendInfo as BackendInfo
from rnnbench.contracts.info import KernelInfo as KernelInfo
from rnnbench.contracts.program import Program
from rnnbench.errors import Unsupported, unknown
from rnnbench.models.layer import Layer, Ops, Recurrence
from rnnbench.models.model import Model
from rnnbench.models.namespace import Array, Namespace
from rnnbench.models.optimizer import Optimizer
from rnnbench.models.trees import Params


class Backend(ABC):
    """A framework on one device at one dtype.

    Attributes:
        device: ``cpu`` or ``gpu:0`` ...
        dtype: ``float32`` or ``float64``.
        xp: the framework's :class:`~rnnbench.models.namespace.Namespace`.
        added_kernels: the variants that plugins add to it; whoever makes the backend sets them.
    """

    info: ClassVar[BackendInfo]
    xp: Namespace
    added_kernels: tuple[KernelInfo, ...] = ()

    def __init__(self, device: str = "cpu", dtype: str = "float32") -> None:
        if device not in self.devices():
            here = ", ".join(self.devices())
            raise Unsupported(f"{self.info.name} has no device {device!r} here; it has {here}")
        if dtype not in self.dtypes():
            has = ", ".join(self.dtypes())
            raise Unsupported(f"{self.info.name} has no dtype {dtype!r}; it has {has}")
        self.device = device
        self.dtype = dtype

    @classmethod
    @abstractmethod
    def configure(cls, threads: int) -> int | None:
        """Set the process up before anything runs: threads, matmul precision.

        Denormals are flushed by the worker before the framework is imported; a backend sets what
        the framework keeps for itself.

        Returns:
            The number of compute threads read back from the framework, or None if it can't tell.
        """

    @classmethod
    def matmul_precision(cls) -> str | None:
        """Return how products of float32 matrices are computed, read back from the framework.

        ``float32`` in full, ``tf32`` or what else a GPU may round to; None if it can't tell.
        """
        return None

    @classmethod
    @abstractmethod
    def devices(cls) -> tuple[str, ...]:
        """Return the devices that are here: ``cpu``, ``gpu:0`` ..."""

    @classmethod
    def dtypes(cls) -> tuple[str, ...]:
        """Return the dtypes that programs can be built in."""
        return ("float32", "float64")

    @classmethod
    @abstractmethod
    def versions(cls) -> dict[str, str]:
        """Return the versions of the framework and of the libraries that compute for it."""

    @abstractmethod
    def put(self, tree: Any) -> Any:
        """Turn a tree of NumPy arrays into own arrays on the device.

        Real arrays take the backend's dtype, integers the framework's usual index type.
        """

    @abstractmethod
    def numpy(self, array: Array) -> np.ndarray:
        """Return an own array as NumPy, waiting for it."""

    def scope(self) -> AbstractContextManager[None]:
        """Return a context within which ``@`` computes on this device at this dtype.

        Needed where a framework places or rounds by a global setting, and not by its operands.
        """
        return nullcontext()

    @abstractmethod
    def value_and_grad(
        self, function: Callable[..., Array], arrays: Sequence[np.ndarray]
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """Return ``function(*arrays)``, a scalar, and its gradients, all as NumPy; never timed.

        Real arrays are put at the backend's dtype. There is one gradient per real array, zero where
        the function does not depend on it, and none for an integer array.
        """

    @abstractmethod
    def recurrence(self, layer: Layer, variant: str) -> Recurrence:
        """Return how ``variant`` runs ``layer``.

        Raises:
            Unsupported: if it can't; nothing is ever run in its place.
        """

    @abstractmethod
    def program(self, model: Model, params: Params, variant: str, optimizer: Optimizer) -> Program:
        """Return ``model`` with ``params`` (canonical, float64), ready to run and train.

        Raises:
            Unsupported: if ``variant`` can't run this model here.
        """

    def peak_memory(self) -> int | None:
        """Return the peak bytes of a device's allocator; None on a CPU, where the process tells."""
        return None

    def reset_peak_memory(self) -> None:
        """Start :meth:`peak_memory` afresh."""

    def ops(self, model: Model, variant: str) -> Ops:
        """Return what ``model`` is computed with in ``variant``: for use in :meth:`program`.

        Raises:
            Unsupported: if the variant can't run the model's cell; also for a cell that the kernel
                of a plugin was not written for.
        """
        kernels = [kernel for kernel in self.added_kernels if kernel.variant == variant]
        if kernels:
            build = self._kernel(kernels, model.cell.name).build
            return Ops(self.xp, tuple(build(self, layer) for layer in model.stack))
        if variant not in self.info.variants:
            raise unknown(f"variant of {self.info.name}", variant, self.info.variants)
        return Ops(self.xp, tuple(self.recurrence(layer, variant) for layer in model.stack))

    def _kernel(self, kernels: Sequence[KernelInfo], cell: str) -> KernelInfo:
        for kernel in kernels:
            if cell in kernel.cells:
                return kernel
        cells = ", ".join(name for kernel in kernels for name in kernel.cells)
        name = f"{self.info.name}:{kernels[0].variant}"
        raise Unsupported(f"{name} is a kernel for {cells}, not for {cell}")
