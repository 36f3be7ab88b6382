"""Canonical parameters, one gate after the other, to and from the kernels' one matrix."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnnbench import Layer
from rnnbench_numpy.kernel import Kernel


def pack(
    layer: Layer, kernel: type[Kernel], params: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Join ``w_x (G, I, H)``, ``b (G, H)`` and ``w_h (G, H, H)`` to ``w (I + 1 + H, G·H)``.

    Other parameters stay as they are.
    """
    gates = layer.cell.gates
    rows = [
        _join(params["w_x"], gates, kernel.columns_x),
        _join(params["b"][:, None], gates, kernel.columns_x),
        _join(params["w_h"], gates, kernel.columns_h),
    ]
    others = {name: params[name] for name in kernel.weights if name != "w"}
    return {"w": np.concatenate(rows)} | others


def unpack(
    layer: Layer, kernel: type[Kernel], arrays: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Undo :func:`pack`."""
    gates = layer.cell.gates
    w_x, b, w_h = np.split(arrays["w"], [layer.inputs, layer.inputs + 1])
    return {
        "w_x": _part(w_x, gates, kernel.columns_x),
        "w_h": _part(w_h, gates, kernel.columns_h),
        "b": _part(b, gates, kernel.columns_x)[:, 0],
    } | {name: array for name, array in arrays.items() if name != "w"}


def _join(stack: np.ndarray, gates: Sequence[str], columns: Sequence[str]) -> np.ndarray:
    return np.concatenate([stack[gates.index(gate)] for gate in columns], axis=-1)


def _part(matrix: np.ndarray, gates: Sequence[str], columns: Sequence[str]) -> np.ndarray:
    parts = np.split(matrix, len(columns), axis=-1)
    return np.stack([parts[columns.index(gate)] for gate in gates])
