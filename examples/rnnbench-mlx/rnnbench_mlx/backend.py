"""MLX on one device."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from importlib.metadata import version
from typing import Any, ClassVar, cast

import mlx.core as mx
import numpy as np

from rnnbench import (
    Backend,
    BackendInfo,
    Kernel,
    Layer,
    LoopRecurrence,
    Model,
    Namespace,
    Optimizer,
    Params,
    Part,
    Program,
    Unsupported,
    copied,
    tree_map,
)
from rnnbench_mlx import INFO
from rnnbench_mlx.namespace import MlxNamespace
from rnnbench_mlx.program import MlxProgram


class MlxBackend(Backend):
    """MLX; integers are int32, its default."""

    info: ClassVar[BackendInfo] = INFO
    PORTABLE: ClassVar[Mapping[str, str]] = {"compile": "mx.compile", "eager": "MLX"}
    xp = cast(Namespace, MlxNamespace())

    def __init__(self, device: str = "cpu", dtype: str = "float32") -> None:
        super().__init__(device, dtype)
        kind, _, index = device.partition(":")
        self.place = mx.Device(mx.cpu if kind == "cpu" else mx.gpu, int(index or 0))

    @classmethod
    def configure(cls, threads: int) -> None:
        """Nothing: MLX has no setting for threads, and does not tell how many it uses."""

    @classmethod
    def devices(cls) -> tuple[str, ...]:
        """The CPU, and the GPUs that MLX sees."""
        return ("cpu", *(f"gpu:{k}" for k in range(mx.device_count(mx.gpu))))

    @classmethod
    def dtypes(cls) -> tuple[str, ...]:
        """float32 alone: in float64 MLX's exp, sigmoid, sin and cos err by 1e-8 and more."""
        return ("float32",)

    @classmethod
    def versions(cls) -> dict[str, str]:
        """MLX alone."""
        return {"mlx": version("mlx")}

    def put(self, tree: Any) -> Any:
        """Copy arrays: real ones as float32, integers as int32, booleans."""

        def convert(array: np.ndarray) -> mx.array:
            return mx.array(copied(array, self.dtype, np.int32))

        with self.scope():
            return tree_map(convert, tree)

    def numpy(self, array: mx.array) -> np.ndarray:
        """Compute what has not been computed yet, and copy."""
        return np.array(array)

    def scope(self) -> AbstractContextManager[None]:
        """Compute on this device; MLX places by a setting of the process, not by operands."""
        return cast(AbstractContextManager[None], mx.stream(self.place))

    def value_and_grad(
        self, function: Callable[..., mx.array], arrays: Sequence[np.ndarray]
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """Differentiate by ``mx.value_and_grad``."""
        own = [self.put(array) for array in arrays]
        real = [k for k, array in enumerate(own) if array.dtype == mx.float32]
        with self.scope():
            value, found = mx.value_and_grad(function, argnums=real)(*own)
            gradients = found if isinstance(found, tuple) else (found,)  # of one: no tuple
            return self.numpy(value), [self.numpy(gradient) for gradient in gradients]

    def kernel(self, part: Part, variant: str) -> Kernel | None:
        """Return the loop over time, which MLX records and the variant ``compile`` compiles."""
        return LoopRecurrence(part.cell, self.xp, self.put) if isinstance(part, Layer) else None

    def program(self, model: Model, params: Params, variant: str, optimizer: Optimizer) -> Program:
        """Build the model.

        Raises:
            Unsupported: if MLX would run ``compile`` uncompiled, as it does without g++, or if
                there are sequences of several lengths, on whose masks ``mx.compile`` fails.
        """
        ops, compiled = self.ops(model, variant), variant == "compile"
        if compiled and model.spec.problem.lengths:
            raise Unsupported("mx.compile can't compile the masks of sequences of several lengths")
        if compiled and self.device == "cpu" and shutil.which("g++") is None:
            raise Unsupported("mx.compile found no g++, which it needs for the CPU")
        return MlxProgram(model, ops, params, optimizer, self.put, self.scope, compiled)
