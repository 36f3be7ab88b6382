"""The oracle: the portable model on NumPy, differentiated by the ``autograd`` package.

In float64 this is what every row is checked against; at other dtypes it is the variant
``numpy:autograd``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

import autograd
import numpy as np
from autograd.core import make_vjp
from autograd.extend import vspace
from autograd.tracer import getval

from rnnbench.contracts.backend import Backend
from rnnbench.contracts.info import BackendInfo
from rnnbench.contracts.program import Program
from rnnbench.contracts.recurrences.decay import decays
from rnnbench.contracts.recurrences.loop import LoopRecurrence
from rnnbench.contracts.recurrences.packing import pack, unpack
from rnnbench.models.arrays.array_functions import Array
from rnnbench.models.arrays.trees import Batch, Native, Params, States, copied, tree_map
from rnnbench.models.kernel import Kernel, Ops
from rnnbench.models.layers.recurrent import Layer
from rnnbench.models.model import Model
from rnnbench.models.network import Memory
from rnnbench.models.network_part import Part
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle.differentiable_numpy import NumpyNamespace
from rnnbench.oracle.gradients import parameter
from rnnbench.oracle.optimizer import ReferenceOptimizer
from rnnbench.system import threads as thread_pools


class NumpyProgram(Program):
    """A model on NumPy arrays with ``autograd`` and the core's reference optimizers."""

    def __init__(
        self,
        model: Model,
        ops: Ops,
        params: Params,
        rule: Optimizer,
        put: Callable[[Any], Any],
    ) -> None:
        self.model, self.ops, self.rule, self.put = model, ops, rule, put
        self.kernel = ops.kernel
        self.reset(params)

    def forward(self, state: States, batch: Batch) -> tuple[Array, States]:
        """Compute the outputs and the new state."""
        return self.model.apply(self.ops, self.native, state, batch)

    def gradient(self, state: States, batch: Batch) -> tuple[float, Params]:
        """Differentiate by reverse mode."""
        loss, gradients, _ = self._differentiate(state, batch)
        return float(loss), unpack(self.ops, gradients)

    def train_step(self, state: States, batch: Batch) -> tuple[Array, States]:
        """Differentiate, clip, update in place."""
        loss, gradients, state = self._differentiate(state, batch)
        self.optimizer.step(entries_of(gradients), batch.rate)
        return loss, state

    def params(self) -> Params:
        """Copy the current parameters."""
        return unpack(self.ops, tree_map(np.array, self.native))

    def reset(self, params: Params) -> None:
        """Pack the parameters anew, with an optimizer of its own."""
        self.native = self._packed(params)
        each = entries_of(decays(self.rule, params, self._packed))
        self.optimizer = ReferenceOptimizer(self.rule, entries_of(self.native), each)

    def wait(self) -> None:
        """Nothing: NumPy computes before it returns."""

    def begin(self, batch: Batch) -> tuple[Memory, States]:
        """Encode the batch."""
        state = self.put(self.model.zero_state(batch.inputs.shape[1]))
        return self.model.begin(self.ops, self.native, state, batch)

    def advance(self, memory: Memory, state: States, batch: Batch) -> tuple[Array, States]:
        """Decode the steps of the batch."""
        return self.model.advance(self.ops, self.native, memory, state, batch)

    def _packed(self, params: Params) -> Native:
        return pack(self.ops, params, self.put)

    def _differentiate(self, state: States, batch: Batch) -> tuple[Array, Params, States]:
        final: list[States] = []
        found: dict[tuple[str, str], Array] = {}

        def cost(origin: float) -> Array:
            arrays = {
                path: {
                    name: parameter(origin, array, partial(found.__setitem__, (path, name)))
                    for name, array in group.items()
                }
                for path, group in self.native.items()
            }
            loss, new_state = self.model.cost(self.ops, arrays, state, batch)
            final.append(tree_map(getval, new_state))
            return loss

        vjp, loss = make_vjp(cost, 0.0)
        vjp(vspace(loss).ones())
        gradients = {
            path: {
                name: found[path, name] if (path, name) in found else np.zeros_like(array)
                for name, array in group.items()
            }
            for path, group in self.native.items()
        }
        return loss, gradients, final[0]


def entries_of(tree: Mapping[str, Mapping[str, Any]]) -> list[Any]:
    """Return what is in the groups of a tree, in their order."""
    return [entry for group in tree.values() for entry in group.values()]


class NumpyBackend(Backend):
    """NumPy with the portable cell: the oracle in float64."""

    info: ClassVar[BackendInfo] = BackendInfo(
        name="reference",
        target="rnnbench.oracle.backend:NumpyBackend",
        requires=("numpy", "autograd"),
        variants={"autograd": "the portable cell through the autograd package"},
        default="autograd",
    )
    PORTABLE: ClassVar[Mapping[str, str]] = {"autograd": "autograd"}
    TRAINS: ClassVar[frozenset[str]] = frozenset({"adamw", "nesterov", "clip_value", "schedule"})
    xp = NumpyNamespace()

    @classmethod
    def configure(cls, threads: int) -> int | None:
        """Set the thread pools of NumPy's BLAS."""
        return thread_pools.limit_threads(threads)

    @classmethod
    def matmul_precision(cls) -> str:
        """Return ``float32``: BLAS has no other."""
        return "float32"

    @classmethod
    def devices(cls) -> tuple[str, ...]:
        """The CPU alone."""
        return ("cpu",)

    @classmethod
    def versions(cls) -> dict[str, str]:
        """NumPy, its BLAS and ``autograd``."""
        from importlib.metadata import version

        return {"numpy": np.__version__, "autograd": version("autograd")}

    def put(self, tree: Any) -> Any:
        """Copy real arrays at the dtype, integers as int64, booleans as they are."""
        return tree_map(lambda array: copied(array, self.dtype), tree)

    def numpy(self, array: Array) -> np.ndarray:
        """The array itself."""
        return np.asarray(array)

    def value_and_grad(
        self, function: Callable[..., Array], arrays: Sequence[np.ndarray]
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """Differentiate with ``autograd``."""
        own = [self.put(a) for a in arrays]
        real = [k for k, a in enumerate(own) if np.issubdtype(a.dtype, np.floating)]
        value, gradients = autograd.value_and_grad(function, argnum=real)(*own)
        return np.asarray(value), list(gradients)

    def kernel(self, part: Part, variant: str) -> Kernel | None:
        """Return the loop over time for a layer."""
        if isinstance(part, Layer):
            return LoopRecurrence(part.cell, self.xp, self.put, "Python loop (autograd)")
        return None

    def program(self, model: Model, params: Params, variant: str, optimizer: Optimizer) -> Program:
        """Build the model on NumPy."""
        return NumpyProgram(model, self.ops(model, variant), params, optimizer, self.put)
