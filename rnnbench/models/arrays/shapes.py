"""Arrays of a shape and nothing else: they allow what portable code may do, and count its products.

Portable code that runs on them runs in every framework: they have the operators and the functions
that :mod:`rnnbench.models.arrays.array_functions` lists, and refuse the rest.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np

from rnnbench.models.arrays.array_functions import FUNCTIONS
from rnnbench.models.arrays.derived import Derived

BOOLEAN = np.dtype(np.bool_)


class NotPortable(TypeError):
    """Something was done to an array that some framework can't do."""


class Products:
    """The floating-point operations of matrix products so far; a multiply-add counts as two.

    Attributes:
        forward: those of the products themselves.
        backward: those of their gradients, by each factor that depends on something trained.
        onto_fixed: how many there were of each shape ``(rows, inner, columns)`` whose first factor
            alone depends on something trained.
    """

    def __init__(self) -> None:
        self.forward = self.backward = 0
        self.onto_fixed: Counter[tuple[int, int, int]] = Counter()


class ShapeArray:
    """An array without values.

    Attributes:
        shape: its shape.
        dtype: of real numbers, whole ones or booleans.
        trained: whether its gradient is wanted: it is a parameter, or depends on one.
        products: where products are counted.
    """

    __slots__ = ("dtype", "products", "shape", "trained")
    __hash__ = None  # type: ignore[assignment]

    def __init__(
        self, shape: Sequence[int], dtype: Any, products: Products, trained: bool = False
    ) -> None:
        self.shape, self.dtype = tuple(shape), np.dtype(dtype)
        self.products, self.trained = products, trained

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def made(self, shape: Sequence[int], dtype: Any = None) -> ShapeArray:
        """Return what is computed of this array alone."""
        return ShapeArray(shape, dtype or self.dtype, self.products, self.trained)

    def __getitem__(self, index: Any) -> ShapeArray:
        parts = index if isinstance(index, tuple) else (index,)
        plain = (int, np.integer, slice)
        if not all(part is None or part is Ellipsis or isinstance(part, plain) for part in parts):
            raise NotPortable(f"indexing with {index!r}: only integers, slices, None, ...; xp.take")
        # Zeros that share one place in memory, however large the shape.
        return self.made(np.broadcast_to(np.bool_(), self.shape)[index].shape)

    def __matmul__(self, other: Any) -> ShapeArray:
        if not isinstance(other, ShapeArray):
            raise NotPortable(f"an array of xp's times a {type(other).__name__}")
        if self.ndim < 2 or other.ndim < 2:
            raise NotPortable("@ needs two axes or more on both sides; xp.matmul takes vectors")
        return product(self, other)

    def __rmatmul__(self, other: Any) -> NoReturn:
        raise NotPortable(f"a {type(other).__name__} times an array of xp's")

    def __neg__(self) -> ShapeArray:
        return self.made(self.shape)

    def __getattr__(self, name: str) -> NoReturn:
        raise NotPortable(f"arrays of some frameworks have no .{name}: use the functions of xp")

    def __array_ufunc__(self, ufunc: np.ufunc, *rest: Any, **options: Any) -> NoReturn:
        raise NotPortable(f"numpy.{ufunc.__name__}, or a NumPy number, met an array of xp's")

    def __array_function__(self, function: Any, *rest: Any) -> NoReturn:
        raise NotPortable(f"numpy.{function.__name__} was called instead of a function of xp")

    def __array__(self, *rest: Any, **options: Any) -> NoReturn:
        raise NotPortable("an array of xp's was made a NumPy array")

    def __iter__(self) -> NoReturn:
        raise NotPortable("iterating over an array; xp.unstack")

    def __bool__(self) -> NoReturn:
        raise NotPortable("asking whether an array is true; xp.where")


def together(*arrays: Any, dtype: Any = None) -> ShapeArray:
    """Return what is computed of arrays, and of numbers beside them, entry by entry."""
    own = [array for array in arrays if isinstance(array, ShapeArray)]
    for array in arrays:
        if isinstance(array, np.ndarray | np.generic):
            raise NotPortable("a NumPy array or number met an array of xp's; use Python's numbers")
    shape = np.broadcast_shapes(*(array.shape for array in own))
    made = own[0].made(shape, dtype or np.result_type(*(array.dtype for array in own)))
    made.trained = made.dtype.kind == "f" and any(array.trained for array in own)
    return made


def product(a: ShapeArray, b: ShapeArray) -> ShapeArray:
    """Return ``a @ b``, vectors and leading axes as NumPy has them, and count it."""
    rows = a.shape if a.ndim > 1 else (1, *a.shape)
    columns = b.shape if b.ndim > 1 else (*b.shape, 1)
    if rows[-1] != columns[-2]:
        raise ValueError(f"shapes {a.shape} and {b.shape} can't be multiplied")
    leading = np.broadcast_shapes(rows[:-2], columns[:-2])
    shape = leading + rows[-2:-1] * (a.ndim > 1) + columns[-1:] * (b.ndim > 1)
    flops = 2 * math.prod(leading) * rows[-2] * rows[-1] * columns[-1]
    a.products.forward += flops
    a.products.backward += flops * (a.trained + b.trained)
    if a.trained and not b.trained:
        own = math.prod(rows[:-2])  # a matrix for each gate is one that is as many times as wide
        wide = math.prod(leading) // own * columns[-1]
        a.products.onto_fixed[own * rows[-2], rows[-1], wide] += 1
    made = a.made(shape)
    made.trained = a.trained or b.trained
    return made


def _logical(self: ShapeArray, other: Any) -> ShapeArray:
    both = isinstance(other, ShapeArray) and self.dtype == other.dtype == BOOLEAN
    if not both:
        raise NotPortable("& and | are for booleans")
    return together(self, other)


def _compared(self: ShapeArray, other: Any) -> ShapeArray:
    return together(self, other, dtype=BOOLEAN)


for _name in ("add", "sub", "mul", "truediv", "pow", "radd", "rsub", "rmul", "rtruediv", "rpow"):
    setattr(ShapeArray, f"__{_name}__", lambda self, other: together(self, other))
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    setattr(ShapeArray, f"__{_name}__", _compared)
for _name in ("and", "or"):
    setattr(ShapeArray, f"__{_name}__", _logical)


class ShapeNamespace(Derived):
    """The functions of a ``Namespace`` on :class:`ShapeArray`."""

    matmul = staticmethod(product)

    def __getattr__(self, name: str) -> NoReturn:
        raise NotPortable(f"xp has no {name!r}; it has {', '.join(FUNCTIONS)}")

    def broadcast_to(self, x: ShapeArray, shape: tuple[int, ...]) -> ShapeArray:
        """The shape that is asked for."""
        if np.broadcast_shapes(x.shape, shape) != tuple(shape):
            raise ValueError(f"shape {x.shape} can't be broadcast to {shape}")
        return x.made(shape)

    def concat(self, arrays: Sequence[ShapeArray], axis: int = 0) -> ShapeArray:
        """One axis is as long as all."""
        shape = list(arrays[0].shape)
        shape[axis] = sum(array.shape[axis] for array in arrays)
        return together(*(array.made(()) for array in arrays)).made(shape)

    def expand_dims(self, x: ShapeArray, axis: int) -> ShapeArray:
        """One more axis of length 1."""
        axis %= x.ndim + 1
        return x.made((*x.shape[:axis], 1, *x.shape[axis:]))

    def permute_dims(self, x: ShapeArray, axes: tuple[int, ...]) -> ShapeArray:
        """The same axes in another order."""
        return x.made([x.shape[axis] for axis in axes])

    def reshape(self, x: ShapeArray, shape: tuple[int, ...]) -> ShapeArray:
        """As many entries; -1 stands for what is left."""
        known = math.prod(length for length in shape if length != -1)
        found = [math.prod(x.shape) // known if length == -1 else length for length in shape]
        if math.prod(found) != math.prod(x.shape):
            raise ValueError(f"shape {x.shape} can't become {shape}")
        return x.made(found)

    def squeeze(self, x: ShapeArray, axis: int) -> ShapeArray:
        """One axis less."""
        return x.made([length for k, length in enumerate(x.shape) if k != axis % x.ndim])

    def stack(self, arrays: Sequence[ShapeArray], axis: int = 0) -> ShapeArray:
        """One axis more, as long as there are arrays."""
        one = together(*arrays)
        shape = list(one.shape)
        shape.insert(axis % (one.ndim + 1), len(arrays))
        return one.made(shape)

    def unstack(self, x: ShapeArray, axis: int = 0) -> list[ShapeArray]:
        """The slices along an axis."""
        return [self.squeeze(x[(slice(None),) * (axis % x.ndim) + (slice(0, 1),)], axis)] * (
            x.shape[axis]
        )

    def take(self, x: ShapeArray, indices: ShapeArray, axis: int = 0) -> ShapeArray:
        """The axes of the indices in the place of one."""
        axis %= x.ndim
        return x.made((*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :]))

    def take_along_axis(self, x: ShapeArray, indices: ShapeArray, axis: int = -1) -> ShapeArray:
        """As many entries as there are indices."""
        return x.made(indices.shape)

    def one_hot(self, indices: ShapeArray, classes: int, like: ShapeArray) -> ShapeArray:
        """One more axis."""
        return ShapeArray((*indices.shape, classes), like.dtype, like.products)

    def arange(self, stop: int, like: ShapeArray) -> ShapeArray:
        """So many numbers."""
        return ShapeArray((stop,), like.dtype, like.products)

    def zeros(self, shape: tuple[int, ...], like: ShapeArray) -> ShapeArray:
        """Nothing trained."""
        return ShapeArray(shape, like.dtype, like.products)


def _same(self: ShapeNamespace, x: ShapeArray, *rest: Any, **options: Any) -> ShapeArray:
    return together(x)


def _constant(self: ShapeNamespace, x: ShapeArray) -> ShapeArray:
    return ShapeArray(x.shape, x.dtype, x.products)


def _broadcast(self: ShapeNamespace, *arrays: ShapeArray) -> ShapeArray:
    return together(*arrays)


def _reduced(
    self: ShapeNamespace, x: ShapeArray, axis: int | None = None, keepdims: bool = False
) -> ShapeArray:
    kept = [1 if axis is None or k == axis % x.ndim else length for k, length in enumerate(x.shape)]
    return x.made(kept) if keepdims else x.made(() if axis is None else _without(kept, axis))


def _without(shape: list[int], axis: int) -> list[int]:
    return [length for k, length in enumerate(shape) if k != axis % len(shape)]


_RULES: dict[Callable[..., ShapeArray], str] = {
    _same: "abs cos exp log log1p log_softmax relu sigmoid sign sin sqrt square tanh flip softmax "
    "gelu reverse_sequence",
    _constant: "ones_like zeros_like stop_gradient",
    _broadcast: "maximum minimum",
    _reduced: "max mean sum",
}
for _rule, _names in _RULES.items():
    for _name in _names.split():
        setattr(ShapeNamespace, _name, _rule)


def _where(self: ShapeNamespace, condition: ShapeArray, x: ShapeArray, y: ShapeArray) -> ShapeArray:
    if condition.dtype != BOOLEAN:
        raise NotPortable("the condition of xp.where is no boolean")
    chosen = together(x, y)
    return chosen.made(np.broadcast_shapes(condition.shape, chosen.shape))


ShapeNamespace.where = _where  # type: ignore[attr-defined]
