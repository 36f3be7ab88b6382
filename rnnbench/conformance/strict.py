"""Arrays and functions that allow what :mod:`rnnbench.models.namespace` allows, and nothing else.

Portable code that runs on them runs in every framework. They count matrix products on the way.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from rnnbench.models.namespace import FUNCTIONS
from rnnbench.oracle.namespace import NumpyNamespace


class NotPortable(TypeError):
    """Something was done to an array that some framework can't do."""


class StrictArray:
    """An array with the operators of portable code alone.

    Attributes:
        value: the NumPy array; for the kit, not for the code under test.
    """

    def __init__(self, value: np.ndarray) -> None:
        self.value = value

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape."""
        return self.value.shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self.value.ndim

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype."""
        return self.value.dtype

    def __getitem__(self, index: Any) -> StrictArray:
        parts = index if isinstance(index, tuple) else (index,)
        if not all(part is None or isinstance(part, int | np.integer | slice) for part in parts):
            raise NotPortable(f"indexing with {index!r}: only integers, slices and None; xp.take")
        return StrictArray(np.asarray(self.value[index]))

    def __matmul__(self, other: StrictArray) -> StrictArray:
        if not isinstance(other, StrictArray):
            raise NotPortable(f"an array of xp's times a {type(other).__name__}")
        if self.ndim < 2 or other.ndim < 2:
            raise NotPortable("@ needs two axes or more on both sides; xp.matmul takes vectors")
        return StrictArray(product(self.value, other.value))

    def __rmatmul__(self, other: Any) -> NoReturn:
        raise NotPortable(f"a {type(other).__name__} times an array of xp's")

    def __neg__(self) -> StrictArray:
        return StrictArray(-self.value)

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

    __hash__ = None  # type: ignore[assignment]


def _binary(function: Callable[[Any, Any], Any], swapped: bool = False) -> Any:
    def apply(self: StrictArray, other: Any) -> StrictArray:
        a, b = (other, self) if swapped else (self, other)
        return StrictArray(np.asarray(function(_plain(a), _plain(b))))

    return apply


for _name in ("add", "sub", "mul", "truediv", "pow"):
    setattr(StrictArray, f"__{_name}__", _binary(getattr(operator, _name)))
    setattr(StrictArray, f"__r{_name}__", _binary(getattr(operator, _name), swapped=True))
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    setattr(StrictArray, f"__{_name}__", _binary(getattr(operator, _name)))


class StrictNamespace:
    """The functions of :class:`~rnnbench.models.namespace.Namespace` on :class:`StrictArray`."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in FUNCTIONS:
            raise NotPortable(f"xp has no {name!r}; it has {', '.join(FUNCTIONS)}")
        function = product if name == "matmul" else getattr(NumpyNamespace, name)
        return lambda *given, **named: _strict(
            function(*map(_plain, given), **{key: _plain(value) for key, value in named.items()})
        )


class Products:
    """The floating-point operations of all products of strict arrays so far."""

    flops = 0


def product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return ``a @ b``, counting a multiply-add as two operations."""
    result = np.asarray(np.matmul(a, b))
    Products.flops += 2 * a.shape[-1] * result.size
    return result


def _plain(tree: Any) -> Any:
    if isinstance(tree, np.ndarray | np.generic):
        raise NotPortable("a NumPy array or number met an array of xp's; use Python's numbers")
    if isinstance(tree, list | tuple):
        return type(tree)(map(_plain, tree))
    return tree.value if isinstance(tree, StrictArray) else tree


def _strict(result: Any) -> Any:
    return [*map(StrictArray, result)] if isinstance(result, list) else StrictArray(result)
