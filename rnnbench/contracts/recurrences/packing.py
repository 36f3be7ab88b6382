"""Canonical parameters turned into native ones, part by part, and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnnbench.models.arrays.trees import Native, Params
from rnnbench.models.kernel import Kernel, Ops, is_taken


def packed(kernel: Kernel, params: dict[str, np.ndarray]) -> Any:
    """Return the parameters of a part as its kernel packs them."""
    return kernel.pack(params)


def pack(
    ops: Ops,
    params: Params,
    put: Callable[[Any], Any],
    how: Callable[[Kernel, dict[str, np.ndarray]], Any] = packed,
) -> Native:
    """Return ``params`` in native form: parts through their kernels, others as they are.

    Args:
        ops: the kernels, by path.
        params: canonical NumPy parameters.
        put: turns the arrays of a part that no kernel takes into own ones.
        how: turns those of a part into native ones, given its kernel.
    """
    plain = {path: put(group) for path, group in params.items() if not is_taken(path, ops.kernels)}
    return plain | {
        path: how(kernel, _joined(params, path)) for path, kernel in ops.kernels.items()
    }


def unpack(ops: Ops, arrays: Params) -> Params:
    """Return canonical parameters (or gradients) from the NumPy arrays of the native ones."""
    canonical: Params = {}
    for path, group in arrays.items():
        kernel = ops.kernels.get(path)
        for name, array in (kernel.unpack(group) if kernel else group).items():
            part, _, own = f"{path}.{name}".rpartition(".")
            canonical.setdefault(part, {})[own] = array
    return canonical


def _joined(params: Params, path: str) -> dict[str, np.ndarray]:
    """Return the parameters of a part, and those of its children after their path below it."""
    return {
        f"{group}.{name}"[len(path) + 1 :]: array
        for group, arrays in params.items()
        if is_taken(group, (path,))
        for name, array in arrays.items()
    }
