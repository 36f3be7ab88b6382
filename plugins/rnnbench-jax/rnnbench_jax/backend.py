"""JAX on one device at one dtype."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

# JAX would otherwise take most of a GPU's memory at once, and the peak would mean nothing.
os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")

import jax
import numpy as np
from jax import lax
from jax.sharding import SingleDeviceSharding

from rnnbench import (
    LSTM,
    Array,
    Backend,
    BackendInfo,
    Convolution,
    Kernel,
    Layer,
    LinearCell,
    Model,
    Optimizer,
    ParallelRecurrence,
    Params,
    Part,
    Problem,
    Profile,
    Program,
    Unsupported,
    copied,
    pointwise,
    tree_map,
)
from rnnbench_jax import INFO, profiler
from rnnbench_jax.convolution import FusedConvolution
from rnnbench_jax.cudnn import CudnnRecurrence, require_cudnn
from rnnbench_jax.fused import FusedRecurrence
from rnnbench_jax.namespace import JaxNamespace
from rnnbench_jax.own_net import OwnTree
from rnnbench_jax.program import JaxProgram
from rnnbench_jax.scan import ScanRecurrence
from rnnbench_jax.sharded import ShardedProgram


class JaxBackend(Backend):
    """JAX, compiled by XLA.

    JAX has float64 only where ``jax.enable_x64`` holds. A float64 backend enters that context
    around each of its calls, so that a float32 one in the same process is left as it is.
    """

    info: ClassVar[BackendInfo] = INFO
    FALLBACK: ClassVar[Mapping[str, str]] = {"fused": "scan", "cudnn": "scan", "parallel": "scan"}
    PORTABLE: ClassVar[Mapping[str, str]] = {"scan": "XLA"}
    TRAINS: ClassVar[frozenset[str]] = frozenset({"adamw", "nesterov", "clip_value", "schedule"})
    xp = JaxNamespace()

    def __init__(self, device: str = "cpu", dtype: str = "float32") -> None:
        super().__init__(device, dtype)
        self.place = place_of(device)
        self.peak_before = 0
        wide = dtype == "float64"
        self.precision = functools.partial(jax.enable_x64, True) if wide else nullcontext

    @classmethod
    def configure(cls, threads: int) -> int | None:
        """Set the size of XLA's CPU pool, and full float32 products on a GPU.

        XLA reads ``PJRT_NPROC`` when the CPU is first used, so this comes before anything else.

        Returns:
            The threads of XLA's pool as the system counts them; None where it does not tell.
        """
        os.environ["PJRT_NPROC"] = str(threads)
        jax.config.update("jax_default_matmul_precision", "highest")
        jax.devices("cpu")
        return pool_threads()

    @classmethod
    def matmul_precision(cls) -> str:
        """Return JAX's word for it: ``highest`` is float32 in full."""
        return str(jax.config.values["jax_default_matmul_precision"])

    @classmethod
    def devices(cls) -> tuple[str, ...]:
        """The CPU, and the GPUs that JAX sees."""
        try:
            gpus = jax.devices("gpu")
        except RuntimeError:  # how JAX says that there is none
            gpus = []
        return ("cpu", *(f"gpu:{k}" for k in range(len(gpus))))

    @classmethod
    def versions(cls) -> dict[str, str]:
        """JAX, the library that compiles for it, and optax."""
        return {name: version(name) for name in ("jax", "jaxlib", "optax")}

    def put(self, tree: Any) -> Any:
        """Copy to the device: real arrays at the dtype, integers as int32, booleans."""

        def convert(array: np.ndarray) -> Array:
            # A copy of its own, since on a CPU the JAX array shares the memory.
            return jax.device_put(copied(array, self.dtype, np.int32), self.place)

        with self.precision():
            return tree_map(convert, tree)

    def numpy(self, array: Array) -> np.ndarray:
        """Wait and read."""
        return np.asarray(array)

    def scope(self) -> AbstractContextManager[None]:
        """Allow float64 if this is the dtype; outside, JAX rounds products to float32."""
        allowed: AbstractContextManager[None] = self.precision()
        return allowed

    def value_and_grad(
        self, function: Callable[..., Array], arrays: Sequence[np.ndarray]
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """Differentiate by ``jax.value_and_grad``."""
        own = [self.put(array) for array in arrays]
        real = [k for k, array in enumerate(own) if array.dtype == self.dtype]
        with self.precision():
            value, gradients = jax.jit(jax.value_and_grad(function, argnums=real))(*own)
        return np.asarray(value), [np.asarray(gradient) for gradient in gradients]

    def kernel(self, part: Part, variant: str) -> Kernel | None:
        """Return the variant's recurrence for a layer of a cell that it knows.

        Raises:
            Unsupported: if ``cudnn`` can't run on this device or at this dtype.
        """
        if type(part) is Convolution and variant == "fused":
            return FusedConvolution(part, self.put)
        if not isinstance(part, Layer):
            return None
        if variant == "fused":
            half = pointwise(part.cell, self.xp)
            return FusedRecurrence(part, half, self.xp, self.put, lax.scan) if half else None
        if variant == "cudnn":
            require_cudnn(self.device, self.dtype)
            return CudnnRecurrence(part, self.put) if type(part.cell) is LSTM else None
        if variant == "parallel":
            if not isinstance(part.cell, LinearCell):
                return None
            return ParallelRecurrence(part.cell, self.xp, self.put)
        return ScanRecurrence(part.cell, self.xp, self.put)

    def program(self, model: Model, params: Params, variant: str, optimizer: Optimizer) -> Program:
        """Build the model; it is compiled when it is first run."""
        ops = self.ops(model, variant)
        here = SingleDeviceSharding(self.place)
        return JaxProgram(model, ops, params, optimizer, self.put, self.scope, here)

    @classmethod
    def divide_cpu(cls, count: int) -> None:
        """Have XLA make so many devices of the CPU, when it is first used."""
        jax.config.update("jax_num_cpu_devices", count)

    def parallel_program(
        self,
        model: Model,
        params: Params,
        variant: str,
        optimizer: Optimizer,
        devices: tuple[str, ...],
    ) -> Program:
        """Build the model for a mesh of devices."""
        ops, places = self.ops(model, variant), list(map(place_of, devices))
        return ShardedProgram(model, ops, params, optimizer, self.put, self.scope, places)

    def own_net(self, factory: Callable[..., Any], problem: Problem) -> OwnTree:
        """Return a user's functions or module."""
        return OwnTree(factory, problem, self.put, self.scope)

    def profile(self, work: Callable[[], None]) -> Profile:
        """Look with ``jax.profiler``."""
        return profiler.profile(work)

    def peak_memory(self) -> int | None:
        """Return the peak bytes of the GPU's allocator.

        JAX can't set the peak back, so a row that stays below the one before it has none.
        """
        peak = self._peak()
        return peak if peak > self.peak_before else None

    def reset_peak_memory(self) -> None:
        """Remember the peak of what ran before."""
        self.peak_before = self._peak()

    def _peak(self) -> int:
        stats = self.place.memory_stats()  # None on a CPU
        return int(stats["peak_bytes_in_use"]) if stats else 0


def place_of(device: str) -> jax.Device:
    """Return the device of a name: ``cpu``, ``cpu:1``, ``gpu:0`` ...

    Raises:
        Unsupported: if there is none.
    """
    platform, _, index = device.partition(":")
    try:
        return jax.devices(platform)[int(index or 0)]
    except (IndexError, RuntimeError):  # the latter where there is none of the platform
        raise Unsupported(f"jax has no device {device!r} here") from None


def pool_threads() -> int | None:
    """Count the threads that carry the name of XLA's CPU pool, where Linux lists them."""
    found = 0
    for comm in Path("/proc/self/task").glob("*/comm"):
        with suppress(OSError):  # a thread has ended while we looked
            found += "XLAEigen" in comm.read_text()
    return found or None
