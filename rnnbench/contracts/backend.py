"""The backend contract: run the core's functions, fast, on one framework.

A backend plugin announces itself with a :class:`~rnnbench.BackendInfo` (which imports nothing)
and provides a subclass of :class:`Backend`. The core owns the equations, the data, the initial
weights, the losses and the clock; a backend owns only how they are run.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, ClassVar

import numpy as np

from rnnbench.contracts.info import BackendInfo, KernelInfo
from rnnbench.contracts.loading import load
from rnnbench.contracts.own_net import OwnKernel, OwnPart
from rnnbench.contracts.profile import Profile
from rnnbench.contracts.program import Program
from rnnbench.contracts.recurrences.padded import heeding_lengths
from rnnbench.errors import Unsupported, unknown
from rnnbench.models.arrays.array_functions import Array, Namespace
from rnnbench.models.arrays.derived import completed
from rnnbench.models.arrays.trees import Params
from rnnbench.models.kernel import Kernel, Ops, Recurrence, is_taken
from rnnbench.models.layers.recurrent import Layer
from rnnbench.models.model import Model
from rnnbench.models.network_part import Part
from rnnbench.models.problem import Problem
from rnnbench.models.training.optimizer import EXTRAS, Optimizer


class Backend(ABC):
    """A framework on one device at one dtype.

    Attributes:
        device: ``cpu`` or ``gpu:0`` ...
        dtype: ``float32`` or ``float64``.
        xp: the framework's :class:`~rnnbench.models.arrays.array_functions.Namespace`.
        added_kernels: the variants that plugins add to it; whoever makes the backend sets them.
    """

    info: ClassVar[BackendInfo]
    #: By variant: the one that computes the layers for which it has no kernel of its own.
    FALLBACK: ClassVar[Mapping[str, str]] = {}
    #: By variant that computes a network without layers, of which it has a kernel for no part, as
    #: it is written: what the table calls that. The others refuse such a network.
    PORTABLE: ClassVar[Mapping[str, str]] = {}
    #: What its programs train with beyond sgd, rmsprop and adam, of those in :data:`EXTRAS`; rows
    #: that ask for another are unsupported.
    TRAINS: ClassVar[frozenset[str]] = frozenset()
    xp: Namespace
    added_kernels: tuple[KernelInfo, ...] = ()

    def __init_subclass__(cls) -> None:
        """Complete a namespace that was written when the list of functions was shorter."""
        super().__init_subclass__()
        if "xp" in vars(cls):
            cls.xp = completed(cls.xp)

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

        Real arrays take the backend's dtype, integers the framework's usual index type; booleans
        stay what they are.
        """

    @abstractmethod
    def numpy(self, array: Array) -> np.ndarray:
        """Return an own array as NumPy, waiting for it."""

    def scope(self) -> AbstractContextManager[None]:
        """Return a context within which ``@`` computes on this device at this dtype.

        Needed where a framework places or rounds by a global setting, and not by its operands.
        """
        return nullcontext()

    def inference(self) -> AbstractContextManager[None]:
        """Return a context for a program that is never trained on what it computes there.

        Needed where a framework is faster once it knows: a step at a time it is told so.
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
    def kernel(self, part: Part, variant: str) -> Kernel | None:
        """Return how ``variant`` computes ``part`` whole, or None where it has no kernel for it.

        A part without a kernel runs as it is written; a :class:`~rnnbench.Layer` without one is
        computed by the variant's :attr:`FALLBACK`. Its kernel is a :class:`~rnnbench.Recurrence`.

        Raises:
            Unsupported: if the variant can't run here at all.
        """

    @abstractmethod
    def program(self, model: Model, params: Params, variant: str, optimizer: Optimizer) -> Program:
        """Return ``model`` with ``params`` (canonical, float64), ready to run and train.

        Raises:
            Unsupported: if ``variant`` can't run this model here.
        """

    def parallel_program(
        self,
        model: Model,
        params: Params,
        variant: str,
        optimizer: Optimizer,
        devices: tuple[str, ...],
    ) -> Program:
        """Return what :meth:`program` does, each batch split over several devices.

        The program is given and returns whole batches and states, as that of one device. They lie
        on the first device, and are split along their examples; each device computes its share
        with the framework's own engine. The gradient is that of the loss of the whole batch, and
        all devices have the same parameters after a step.

        :func:`rnnbench.shares` splits a batch, and :meth:`rnnbench.Model.cost` takes how many
        targets the whole one has, where that differs between the shares.

        Args:
            model: as for :meth:`program`, like what follows.
            params: see there.
            variant: see there.
            optimizer: see there.
            devices: at least two: ``cpu:0`` ..., those of :meth:`divide_cpu`, or ``gpu:0`` ...

        Raises:
            Unsupported: if there are no such devices, or ``variant`` can't run this model on them.
        """
        raise Unsupported(f"{self.info.name} trains on one device only")

    @classmethod
    def divide_cpu(cls, count: int) -> None:
        """Make ``count`` devices of the CPU, which share it; before :meth:`configure`.

        By default there are none.
        """

    def program_on(
        self,
        devices: Sequence[str],
        model: Model,
        params: Params,
        variant: str,
        optimizer: Optimizer,
    ) -> Program:
        """Return the program for several devices, or where none are told for one."""
        if not devices:
            return self.program(model, params, variant, optimizer)
        return self.parallel_program(model, params, variant, optimizer, tuple(devices))

    def own_net(self, factory: Callable[..., Any], problem: Problem) -> OwnKernel:
        """Return what computes a net that a user has written, and draws its parameters.

        Args:
            factory: makes the net, given the problem; see ``docs/own-net.md``. What it raises
                passes as it is.
            problem: what the net is for.

        Raises:
            OwnNetError: if what it makes is no net of this framework; see
                :func:`rnnbench.unfit_net`.
            Unsupported: if the backend takes none.
        """
        raise Unsupported(f"{self.info.name} takes no nets of one's own")

    def profile(self, work: Callable[[], None]) -> Profile:
        """Return what the framework's own profiler sees while it runs ``work()``, once.

        Raises:
            Unsupported: if the backend has no profiler.
        """
        raise Unsupported(f"{self.info.name} has no profiler")

    def peak_memory(self) -> int | None:
        """Return the peak bytes of a device's allocator; None on a CPU, where the process tells."""
        return None

    def reset_peak_memory(self) -> None:
        """Start :meth:`peak_memory` afresh."""

    def ops(self, model: Model, variant: str) -> Ops:
        """Return what ``model`` is computed with in ``variant``: for use in :meth:`program`.

        Raises:
            Unsupported: if the variant has a kernel for no part of the model and is none of
                :attr:`PORTABLE`, or has nothing for one of its layers; also for a cell that the
                kernel of a plugin was not written for. The message names a variant that can.
        """
        try:
            return self._ops(model, variant)
        except Unsupported as error:
            others = [other for other in self.info.variants if other != variant]
            able = next((other for other in others if self._can(model, other)), None)
            hint = f"; {self.info.name}:{able} can" if able else ""
            raise Unsupported(f"{error}{hint}") from None

    def check_training(self, rule: Optimizer) -> None:
        """Refuse an optimizer that programs of this backend don't know.

        Raises:
            Unsupported: naming what of it is not among :attr:`TRAINS`.
        """
        if missing := [EXTRAS[name] for name in sorted(rule.extras - self.TRAINS)]:
            raise Unsupported(f"{self.info.name} can't train with {' and '.join(missing)}")

    def _can(self, model: Model, variant: str) -> bool:
        """Return whether a variant has what it takes to compute a model."""
        try:
            self._ops(model, variant)
        except Exception:  # it is not what was asked for: what is wrong with it is not told here
            return False
        return True

    def _ops(self, model: Model, variant: str) -> Ops:
        """Return what :meth:`ops` does."""
        if net := own_kernels(model):
            return Ops(self.xp, net)
        added = [info for info in self.added_kernels if info.variant == variant]
        if not added and variant not in self.info.variants:
            raise unknown(f"variant of {self.info.name}", variant, self.info.variants)
        own = partial(self._added, added) if added else partial(self.kernel, variant=variant)
        kernels = self._kernels(model, own, {})
        if not kernels and (added or variant not in self.PORTABLE):
            raise Unsupported(self._refusal(model, variant, added))
        if variant in self.FALLBACK:
            instead = partial(self.kernel, variant=self.FALLBACK[variant])
            kernels = self._kernels(model, instead, kernels)
        for path, part in model.parts.items():
            if isinstance(part, Layer) and not is_taken(path, kernels):
                raise Unsupported(f"{self.info.name}:{variant} has no loop for {path!r}")
        return Ops(self.xp, kernels, self.PORTABLE.get(variant, ""))

    def _kernels(
        self, model: Model, make: Callable[[Part], Kernel | None], taken: Mapping[str, Kernel]
    ) -> dict[str, Kernel]:
        """Return what :func:`kernels_of` does, each heeding lengths where the problem has some."""
        if model.spec.problem.lengths:
            make = partial(heeding_lengths, make, self.xp)
        return kernels_of(model, make, taken)

    def _added(self, infos: Sequence[KernelInfo], part: Part) -> Kernel | None:
        """Return the kernel of a plugin for a layer."""
        for info in infos:
            if isinstance(part, Layer) and part.cell.name in info.cells:
                made = load(info.target)(self, part)
                if not isinstance(made, Recurrence):
                    what = type(made).__name__
                    raise TypeError(f"{info.target} returned {what}, not a Recurrence")
                return made
        return None

    def _refusal(self, model: Model, variant: str, added: Sequence[KernelInfo]) -> str:
        name, cell = f"{self.info.name}:{variant}", model.spec.cell and model.spec.cell.name
        if cell is None:
            return f"{name} has no kernel for the network {model.network.name!r}"
        if not added:
            return f"{name} has no kernel for the cell {cell!r}"
        cells = ", ".join(known for info in added for known in info.cells)
        return f"{name} is a kernel for {cells}, not for {cell}"


def own_kernels(model: Model) -> dict[str, Kernel]:
    """Return the kernel of a user's own net by its path, where a model is one."""
    parts = model.parts.items()
    return {path: part.kernel for path, part in parts if isinstance(part, OwnPart)}


def kernels_of(
    model: Model, kernel: Callable[[Part], Kernel | None], taken: Mapping[str, Kernel]
) -> dict[str, Kernel]:
    """Return the kernels ``taken`` and, by path, one for each other part that has one.

    A part is asked before its children, which are not asked where it is taken whole.
    """
    kernels = dict(taken)
    for path, part in model.parts.items():
        found = None if is_taken(path, kernels) else kernel(part)
        if found is not None:
            kernels[path] = found
    return kernels
