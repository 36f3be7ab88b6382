"""The framework of this process, set up once."""

from __future__ import annotations

import gc
import platform
import time
from collections.abc import Sequence
from functools import partial

import numpy as np

from rnnbench.contracts.backend import Backend
from rnnbench.contracts.loading import load
from rnnbench.contracts.values import asked, count, guarded, optional, table, text, texts
from rnnbench.plugins.registry import Registry
from rnnbench.plugins.validation import KINDS, Kind
from rnnbench.schema.messages.opening import Open, Opened
from rnnbench.schema.messages.timing import Check
from rnnbench.system import guarding, machine, memory
from rnnbench.system import threads as thread_pools
from rnnbench.system.processes import limits


class Framework:
    """The class of a backend, the kernels that plugins add to it, and all that is registered."""

    def __init__(self, request: Open) -> None:
        """Import the framework and set its threads."""
        start = time.perf_counter()
        if request.memory_limit is not None:
            limits.limit_memory(request.memory_limit)
        cpus = thread_pools.pin(request.threads)
        self.cpus = list(cpus) if cpus else None
        self.name, self.registry = request.backend, loaded(request.plugins)
        self.plugin = self.registry.provenance("backend", self.name)
        self.who = f"backend {self.name!r} of {self.plugin}"
        target = self.registry.backend(self.name).target
        self.backend_class = imported(self.who, target)
        self.kernels = self.registry.kernels_of(self.name)
        if request.virtual > 1:
            divide = partial(self.backend_class.divide_cpu, request.virtual)
            guarded(self.who, "divide_cpu()", divide)
        configure = partial(self.backend_class.configure, request.threads)
        self.threads = asked(self.who, "configure()", configure, optional(count))
        self.described = self._describe(start)
        gc.freeze()  # what was imported stays; to look for garbage in it takes a tenth of a second

    def backend(self, device: str, dtype: str) -> Backend:
        """Return the backend on a device at a dtype."""
        backend = guarded(self.who, "making it", lambda: self.backend_class(device, dtype))
        backend.added_kernels = self.kernels
        return backend

    def agree(self, request: Check) -> None:
        """Refuse a cell, a task or a network that is another one here than in the plan."""
        asked = request.comparison
        kinds: tuple[Kind, ...] = ("cell", "task", "network")
        names = (asked.cell, asked.task, asked.network)
        for kind, name, planned in zip(kinds, names, request.plugins, strict=True):
            found = self.registry.provenance(kind, name) if name else ""
            if found != planned:
                raise RuntimeError(f"{name} is from {found} here, and from {planned} in the plan")

    def _describe(self, start: float) -> Opened:
        backend = self.backend_class
        made = self.backend("cpu", "float32")  # first, as one that lacks methods says so
        flushing = guarded(self.who, "value_and_grad()", lambda: flushes(made))
        return Opened(
            versions=asked(self.who, "versions()", backend.versions, table),
            plugin=self.plugin,
            devices=asked(self.who, "devices()", backend.devices, texts),
            threads=self.threads,
            cpus=self.cpus,
            denormals_flushed=flushing,
            matmul=asked(self.who, "matmul_precision()", backend.matmul_precision, optional(text)),
            seconds=time.perf_counter() - start,
            kernels={
                kernel.variant: self.registry.provenance(
                    "kernel", f"{kernel.backend}:{kernel.variant}"
                )
                for kernel in self.kernels
            },
            python=platform.python_version(),
            settings=machine.settings(),
            memory=memory.settled_memory(),
        )


def imported(who: str, target: str) -> type[Backend]:
    """Import the class of a backend.

    Of what is imported nearly all stays: to look for garbage in it meanwhile would take a fifth of
    the time of TensorFlow's import.
    """
    gc.disable()
    try:
        found: type[Backend] = guarded(who, f"importing {target}", lambda: load(target))
    finally:
        gc.enable()
    return found


def flushes(backend: Backend) -> bool:
    """Return whether the framework's own arithmetic flushes denormals to zero."""
    smallest, half = np.full(8, np.finfo(np.float32).tiny), np.full(8, 0.5)
    # Half the smallest normal number is denormal; the sum of eight is normal again, unless flushed.
    value, _ = backend.value_and_grad(lambda x, y: backend.xp.sum(x * y), [smallest, half])
    return bool(value == 0)


def loaded(asked: Sequence[str]) -> Registry:
    """Return the plugins, each kind that a worker needs loaded, and nothing spoilt by a stranger's.

    Args:
        asked: the values of ``-p``.
    """
    registry = Registry.of(asked)
    with guarding.process_is_ours():
        kinds: list[Kind] = [kind for kind in KINDS if kind != "suite"]
        registry.rehearse(kinds)
        for kind in kinds:
            registry.items(kind)
    return registry
