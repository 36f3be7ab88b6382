"""TensorFlow on one device at one dtype."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from importlib.metadata import version
from typing import Any, ClassVar

import rnnbench_tensorflow.start  # noqa: F401 - before TensorFlow is imported

# isort: split
import numpy as np
import tensorflow as tf

from rnnbench import (
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
    Unsupported,
    copied,
    pointwise,
    tree_map,
)
from rnnbench_tensorflow import INFO, profiler
from rnnbench_tensorflow.convolution import KerasConvolution
from rnnbench_tensorflow.fused import FusedRecurrence, scan
from rnnbench_tensorflow.layers import FORMS, KerasRecurrence
from rnnbench_tensorflow.mirrored import MirroredProgram
from rnnbench_tensorflow.namespace import TensorFlowNamespace
from rnnbench_tensorflow.own_net import OwnModel
from rnnbench_tensorflow.program import TensorFlowProgram
from rnnbench_tensorflow.recurrence import LoopRecurrence

#: The variants whose functions XLA compiles whole.
COMPILED = frozenset({"xla", "fused"})
LOOP_KERNELS = {"graph": "tf.while_loop", "xla": "XLA while loop"}


class TensorFlowBackend(Backend):
    """TensorFlow 2 with Keras 3.

    Programs are traced for the exact shapes they are given, once each: portable code reads
    ``.shape`` as numbers, and XLA compiles for one shape anyway.
    """

    info: ClassVar[BackendInfo] = INFO
    FALLBACK: ClassVar[Mapping[str, str]] = {
        "keras": "graph",
        "fused": "xla",
        "parallel": "graph",
    }
    PORTABLE: ClassVar[Mapping[str, str]] = {"graph": "tf.function", "xla": "XLA"}
    TRAINS: ClassVar[frozenset[str]] = frozenset({"adamw", "nesterov", "clip_value", "schedule"})
    xp = TensorFlowNamespace()

    @classmethod
    def configure(cls, threads: int) -> int | None:
        """Set the threads of one operation, run operations one by one, and forbid TF32.

        Raises:
            RuntimeError: if TensorFlow already runs with another number.
        """
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        tf.config.experimental.enable_tensor_float_32_execution(False)
        for gpu in tf.config.list_physical_devices("GPU"):
            tf.config.experimental.set_memory_growth(gpu, True)
        return int(tf.config.threading.get_intra_op_parallelism_threads())

    @classmethod
    def matmul_precision(cls) -> str:
        """Return ``float32``, or ``tf32`` where a GPU may round to that."""
        return "tf32" if tf.config.experimental.tensor_float_32_execution_enabled() else "float32"

    @classmethod
    def devices(cls) -> tuple[str, ...]:
        """The CPU and the GPUs that TensorFlow sees."""
        gpus = tf.config.list_physical_devices("GPU")
        return ("cpu", *(f"gpu:{k}" for k in range(len(gpus))))

    @classmethod
    def versions(cls) -> dict[str, str]:
        """TensorFlow and Keras, and CUDA and cuDNN where TensorFlow was built with them."""
        build = tf.sysconfig.get_build_info()
        cuda = {
            name: build[f"{name}_version"]
            for name in ("cuda", "cudnn")
            if f"{name}_version" in build
        }
        return {"tensorflow": tf.__version__, "keras": version("keras")} | cuda

    def put(self, tree: Any) -> Any:
        """Copy reals at the dtype, integers as int64, which a GPU keeps on the device; booleans."""
        with self.scope():
            return tree_map(lambda array: tf.constant(copied(array, self.dtype)), tree)

    def numpy(self, array: Array) -> np.ndarray:
        """Copy to the host, waiting for the value."""
        return np.array(array.numpy())

    def value_and_grad(
        self, function: Callable[..., Array], arrays: Sequence[np.ndarray]
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """Differentiate with a tape."""
        own = [self.put(array) for array in arrays]
        real = [tensor for tensor in own if tensor.dtype.is_floating]
        with self.scope(), tf.GradientTape() as tape:
            tape.watch(real)
            value = function(*own)
        gradients = tape.gradient(value, real, unconnected_gradients="zero")
        return self.numpy(value), [self.numpy(tf.convert_to_tensor(g)) for g in gradients]

    def kernel(self, part: Part, variant: str) -> Kernel | None:
        """Return a Keras layer for ``keras``, else the loop over the portable cell."""
        if type(part) is Convolution and variant == "keras":
            return KerasConvolution(part, self.variables)
        if not isinstance(part, Layer):
            return None
        if variant == "keras":
            known = type(part.cell) in FORMS
            return KerasRecurrence(part, self.dtype, gpu=self.device != "cpu") if known else None
        if variant == "fused":
            half = pointwise(part.cell, self.xp)
            return FusedRecurrence(part, half, self.xp, self.variables, scan) if half else None
        if variant == "parallel":
            if not isinstance(part.cell, LinearCell):
                return None
            return ParallelRecurrence(part.cell, self.xp, self.variables)
        return LoopRecurrence(part.cell, self.xp, self.variables, LOOP_KERNELS[variant])

    def program(
        self, model: Model, params: Params, variant: str, optimizer: Optimizer
    ) -> TensorFlowProgram:
        """Build the variables and the functions; they are traced when first called."""
        ops, xla = self.ops(model, variant), variant in COMPILED
        return TensorFlowProgram(
            model, ops, params, optimizer, self.put, self.variables, self.scope, xla=xla
        )

    @classmethod
    def divide_cpu(cls, count: int) -> None:
        """Make so many logical devices of the CPU.

        Raises:
            RuntimeError: if TensorFlow already runs with another number.
        """
        (cpu,) = tf.config.list_physical_devices("CPU")
        parts = [tf.config.LogicalDeviceConfiguration() for _ in range(count)]
        tf.config.set_logical_device_configuration(cpu, parts)

    def parallel_program(
        self,
        model: Model,
        params: Params,
        variant: str,
        optimizer: Optimizer,
        devices: tuple[str, ...],
    ) -> TensorFlowProgram:
        """Build mirrored variables, and the functions that replicas run."""
        ops, xla = self.ops(model, variant), variant in COMPILED
        return MirroredProgram(
            model, ops, params, optimizer, self.put, self.variables, mirrored(devices), xla=xla
        )

    def own_net(self, factory: Callable[..., Any], problem: Problem) -> OwnModel:
        """Return a user's Keras model."""
        return OwnModel(factory, problem, self.dtype, self.scope)

    def profile(self, work: Callable[[], None]) -> Profile:
        """Look with ``tf.profiler``."""
        return profiler.profile(work)

    def peak_memory(self) -> int | None:
        """Return the peak bytes of the GPU's allocator, or None on a CPU."""
        if self.device == "cpu":
            return None
        return int(tf.config.experimental.get_memory_info(self.place)["peak"])

    def reset_peak_memory(self) -> None:
        """Start the GPU's peak afresh."""
        if self.device != "cpu":
            tf.config.experimental.reset_memory_stats(self.place)

    @property
    def place(self) -> str:
        """The device in TensorFlow's spelling: ``CPU:0``, ``GPU:0`` ..."""
        return "CPU:0" if self.device == "cpu" else self.device.upper()

    def scope(self) -> AbstractContextManager[None]:
        """Place on this device what is built and run within."""
        scope: AbstractContextManager[None] = tf.device(self.place)
        return scope

    def variables(self, tree: Any) -> Any:
        """Copy NumPy arrays into variables."""
        return tree_map(lambda array: tf.Variable(copied(array, self.dtype)), tree)


@functools.cache
def mirrored(devices: tuple[str, ...]) -> tf.distribute.Strategy:
    """Return the strategy for some devices, of which there is one.

    Not with the collective operations that it would choose by itself: those of one process are all
    of one group, which has the size of the first strategy.

    Raises:
        Unsupported: if one of them is not here.
    """
    here = {
        f"{d.device_type}:{d.name.rpartition(':')[2]}" for d in tf.config.list_logical_devices()
    }
    for name in devices:
        if name.upper() not in here:
            raise Unsupported(f"tensorflow has no device {name!r} here")
    on_cpu = devices[0].startswith("cpu")
    sums = tf.distribute.ReductionToOneDevice() if on_cpu else tf.distribute.NcclAllReduce()
    return tf.distribute.MirroredStrategy([name.upper() for name in devices], sums)
