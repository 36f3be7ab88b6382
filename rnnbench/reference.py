"""The oracle: the portable model on NumPy, differentiated by the ``autograd`` package.

In float64 this is what every row is checked against; at other dtypes it is the variant
``numpy:autograd``. ``autograd`` (Maclaurin et al. 2015) lacks some gradients and turns some
float32 gradients into float64, which :class:`NumpyNamespace` mends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import autograd
import autograd.numpy as anp
import numpy as np
from autograd.core import make_vjp
from autograd.extend import defvjp, primitive, vspace
from autograd.tracer import getval

from rnnbench import threads as thread_pools
from rnnbench.backend import Backend, BackendInfo, Program, pack, unpack
from rnnbench.cells import Cell, State
from rnnbench.errors import Unsupported
from rnnbench.model import Batch, Layer, Model, Ops, Params, Recurrence, States, tree_map
from rnnbench.namespace import Array
from rnnbench.optimizer import Optimizer, ReferenceOptimizer


def _unbroadcast(gradient: Array, like: np.ndarray) -> Array:
    """Sum ``gradient`` over the axes along which ``like`` was broadcast."""
    extra = gradient.ndim - np.ndim(like)
    gradient = anp.sum(gradient, axis=tuple(range(extra))) if extra else gradient
    stretched = tuple(k for k, n in enumerate(np.shape(like)) if n == 1 != gradient.shape[k])
    return anp.sum(gradient, axis=stretched, keepdims=True) if stretched else gradient


@primitive  # type: ignore[untyped-decorator]
def _where(condition: Array, x: Array, y: Array) -> Array:
    return np.where(condition, x, y)


defvjp(
    _where,
    None,
    lambda ans, c, x, y: lambda g: _unbroadcast(g * c, x),
    lambda ans, c, x, y: lambda g: _unbroadcast(g * np.logical_not(c), y),
)


@primitive  # type: ignore[untyped-decorator]
def _take(x: Array, indices: Array, axis: int) -> Array:
    return np.take(x, indices, axis)


def _take_vjp(ans: Array, x: Array, indices: Array, axis: int) -> Callable[[Array], Array]:
    def vjp(g: Array) -> Array:
        total = np.zeros_like(x)
        axes = tuple(range(axis, axis + np.ndim(indices)))
        np.add.at(
            np.moveaxis(total, axis, 0), indices, np.moveaxis(g, axes, tuple(range(len(axes))))
        )
        return total

    return vjp


defvjp(_take, _take_vjp, argnums=(0,))


@primitive  # type: ignore[untyped-decorator]
def _take_along_axis(x: Array, indices: Array, axis: int) -> Array:
    return np.take_along_axis(x, indices, axis)


def _take_along_vjp(ans: Array, x: Array, indices: Array, axis: int) -> Callable[[Array], Array]:
    def vjp(g: Array) -> Array:
        total = np.zeros_like(x)
        where = list(np.indices(indices.shape, sparse=True))
        where[axis] = indices
        np.add.at(total, tuple(where), g)
        return total

    return vjp


defvjp(_take_along_axis, _take_along_vjp, argnums=(0,))


@primitive  # type: ignore[untyped-decorator]
def _sigmoid(x: Array) -> Array:
    return (np.tanh(x * 0.5) + 1) * 0.5  # overflows nowhere


defvjp(_sigmoid, lambda ans, x: lambda g: g * ans * (1 - ans))


class NumpyNamespace:
    """:class:`~rnnbench.namespace.Namespace` on NumPy, differentiable by ``autograd``."""

    abs = staticmethod(anp.abs)
    broadcast_to = staticmethod(anp.broadcast_to)
    concat = staticmethod(anp.concatenate)
    cos = staticmethod(anp.cos)
    exp = staticmethod(anp.exp)
    expand_dims = staticmethod(anp.expand_dims)
    log = staticmethod(anp.log)
    log1p = staticmethod(anp.log1p)
    matmul = staticmethod(anp.matmul)
    ones_like = staticmethod(anp.ones_like)
    permute_dims = staticmethod(anp.transpose)
    reshape = staticmethod(anp.reshape)
    sigmoid = staticmethod(_sigmoid)
    sign = staticmethod(anp.sign)
    sin = staticmethod(anp.sin)
    sqrt = staticmethod(anp.sqrt)
    square = staticmethod(anp.square)
    squeeze = staticmethod(anp.squeeze)
    stack = staticmethod(anp.stack)
    sum = staticmethod(anp.sum)
    tanh = staticmethod(anp.tanh)
    where = staticmethod(_where)
    zeros_like = staticmethod(anp.zeros_like)

    @staticmethod
    def flip(x: Array, axis: int) -> Array:
        """Reverse by indexing: ``autograd`` has no gradient for ``flip``."""
        return x[(slice(None),) * (axis % x.ndim) + (slice(None, None, -1),)]

    @staticmethod
    def max(x: Array, axis: int | None = None, keepdims: bool = False) -> Array:
        """The largest entry."""
        return anp.max(x, axis=axis, keepdims=keepdims)

    @staticmethod
    def maximum(x: Array, y: Array) -> Array:
        """The larger of two."""
        return _where(getval(x) >= getval(y), x, y)

    @staticmethod
    def minimum(x: Array, y: Array) -> Array:
        """The smaller of two."""
        return _where(getval(x) <= getval(y), x, y)

    @staticmethod
    def mean(x: Array, axis: int | None = None, keepdims: bool = False) -> Array:
        """Sum over count, which keeps the dtype of the gradient."""
        count = int(np.prod(x.shape)) if axis is None else x.shape[axis]
        return anp.sum(x, axis=axis, keepdims=keepdims) / count

    @staticmethod
    def one_hot(indices: Array, classes: int, like: Array) -> Array:
        """Rows of the identity matrix."""
        return np.eye(classes, dtype=like.dtype)[indices]

    @staticmethod
    def relu(x: Array) -> Array:
        """max(x, 0)."""
        return _where(getval(x) > 0, x, anp.zeros_like(x))

    @staticmethod
    def stop_gradient(x: Array) -> Array:
        """The value alone."""
        while hasattr(x, "_value"):
            x = getval(x)
        return x

    @staticmethod
    def take(x: Array, indices: Array, axis: int = 0) -> Array:
        """Slices along ``axis``."""
        return _take(x, indices, axis % x.ndim)

    @staticmethod
    def take_along_axis(x: Array, indices: Array, axis: int = -1) -> Array:
        """Entries along ``axis``."""
        return _take_along_axis(x, indices, axis % x.ndim)

    @staticmethod
    def unstack(x: Array, axis: int = 0) -> Sequence[Array]:
        """The slices of ``x`` along ``axis``."""
        index = (slice(None),) * (axis % x.ndim)
        return [x[(*index, k)] for k in range(x.shape[axis])]


class LoopRecurrence(Recurrence):
    """The portable cell in a Python loop over time."""

    kernel = "Python loop (autograd)"

    def __init__(self, cell: Cell, xp: Any, put: Callable[[Any], Any]) -> None:
        self.cell = cell
        self.xp = xp
        self.put = put

    def pack(self, params: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Copy the parameters at the backend's dtype."""
        packed: dict[str, np.ndarray] = self.put(params)
        return packed

    def apply(self, params: Any, xs: Array, state: State) -> tuple[Array, State]:
        """Step through time and stack the outputs."""
        outputs = []
        for t in range(xs.shape[0]):
            state = self.cell.step(self.xp, params, xs[t], state)
            outputs.append(state[0])
        return self.xp.stack(outputs), state


class NumpyProgram(Program):
    """A model on NumPy arrays with ``autograd`` and the core's reference optimizers."""

    def __init__(
        self, model: Model, ops: Ops, params: Params, rule: Optimizer, backend: Backend
    ) -> None:
        self.model, self.ops = model, ops
        self.kernel = ops.recurrences[0].kernel
        self.put, self.rule = backend.put, rule
        self.reset(params)

    def forward(self, state: States, inputs: Array) -> tuple[Array, States]:
        """Compute the outputs and the new state."""
        return self.model.apply(self.ops, self.native, state, inputs)

    def gradient(self, state: States, batch: Batch) -> tuple[float, Params]:
        """Differentiate by reverse mode."""
        loss, gradients, _ = self._differentiate(state, batch)
        return float(loss), unpack(self.ops, gradients)

    def train_step(self, state: States, batch: Batch) -> tuple[Array, States]:
        """Differentiate, clip, update in place."""
        loss, gradients, state = self._differentiate(state, batch)
        self.optimizer.step([g for group in gradients.values() for g in group.values()])
        return loss, state

    def params(self) -> Params:
        """Copy the current parameters."""
        return unpack(self.ops, tree_map(np.array, self.native))

    def reset(self, params: Params) -> None:
        """Pack the parameters anew, with an optimizer of its own."""
        self.native = pack(self.ops, params, self.put)
        arrays = [a for group in self.native.values() for a in group.values()]
        self.optimizer = ReferenceOptimizer(self.rule, arrays)

    def wait(self) -> None:
        """Nothing: NumPy computes before it returns."""

    def _differentiate(self, state: States, batch: Batch) -> tuple[Array, Params, States]:
        final: list[States] = []

        def cost(native: Any) -> Array:
            loss, new_state = self.model.cost(self.ops, native, state, batch)
            final.append(tree_map(getval, new_state))
            return loss

        vjp, loss = make_vjp(cost, self.native)
        return loss, vjp(vspace(loss).ones()), final[0]


class NumpyBackend(Backend):
    """NumPy with the portable cell: the oracle in float64."""

    info: ClassVar[BackendInfo] = BackendInfo(
        name="reference",
        target="rnnbench.reference:NumpyBackend",
        requires=("numpy", "autograd"),
        variants={"autograd": "the portable cell through the autograd package"},
        default="autograd",
    )
    xp = NumpyNamespace()

    @classmethod
    def configure(cls, threads: int) -> int | None:
        """Set the thread pools of NumPy's BLAS."""
        return thread_pools.limit(threads)

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
        """Copy real arrays at the dtype; integers become int64."""

        def convert(array: np.ndarray) -> np.ndarray:
            real = np.issubdtype(np.asarray(array).dtype, np.floating)
            return np.array(array, dtype=self.dtype if real else np.int64)

        return tree_map(convert, tree)

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

    def recurrence(self, layer: Layer, variant: str) -> Recurrence:
        """The loop over time."""
        if variant != "autograd":
            raise Unsupported(f"the reference has no variant {variant!r}")
        return LoopRecurrence(layer.cell, self.xp, self.put)

    def program(self, model: Model, params: Params, variant: str, optimizer: Optimizer) -> Program:
        """Build the model on NumPy."""
        return NumpyProgram(model, self.ops(model, variant), params, optimizer, self)
