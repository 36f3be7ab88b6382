"""Keras's own convolution.

Its ``keras.ops.dot_product_attention`` is left out: on a CPU it is no faster than what is written
in the core, and in float64 it is wrong in the ninth digit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from rnnbench import Array, Convolution, Kernel


class KerasConvolution(Kernel):
    """``keras.ops.conv``, its weights ``(K, I, O)`` with the earliest step first.

    Keras is batch-major: the inputs are transposed on the way in and out, which is part of the
    cost.
    """

    kernel = "keras conv"

    def __init__(self, part: Convolution, variables: Callable[[Any], Any]) -> None:
        self.part, self.variables = part, variables

    def pack(self, params: dict[str, np.ndarray]) -> dict[str, tf.Variable]:
        """Turn the order of the steps round."""
        packed: dict[str, tf.Variable] = self.variables(params | {"w": params["w"][::-1]})
        return packed

    def unpack(self, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Turn it back."""
        return arrays | {"w": arrays["w"][::-1]}

    def apply(self, params: Any, *arrays: Array, **options: Any) -> Array:
        """Map ``((K-1) d + T, B, I)`` to ``(T, B, O)``."""
        inputs = tf.transpose(arrays[0], (1, 0, 2))
        weights = tf.convert_to_tensor(params["w"])
        ys = keras.ops.conv(inputs, weights, padding="valid", dilation_rate=self.part.dilation)
        return tf.transpose(ys + params["b"], (1, 0, 2))
