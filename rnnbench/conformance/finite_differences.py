"""Gradients by finite differences."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

#: Of central differences, and what they may differ by from a gradient.
WIDTH, GRADIENT_TOLERANCE = 1e-5, 1e-7


def central_differences(
    function: Callable[..., Any], arrays: list[np.ndarray], k: int
) -> np.ndarray:
    """Return the slopes of ``function(*arrays)`` with respect to every entry of array ``k``.

    The array is changed meanwhile, and left as it was.
    """
    array = arrays[k]
    slopes = np.empty_like(array)
    for index in np.ndindex(*slopes.shape):
        before, values = copy.copy(array[index]), []
        for shift in (WIDTH, -WIDTH):
            array[index] = before + shift
            values.append(float(function(*copy.deepcopy(arrays))))
        array[index] = before
        slopes[index] = (values[0] - values[1]) / (2 * WIDTH)
    return slopes
