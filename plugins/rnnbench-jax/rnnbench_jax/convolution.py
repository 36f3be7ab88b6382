"""JAX's own convolution.

Its ``jax.nn.dot_product_attention`` is left out: on a CPU it is slower than what is written in the
core, and it rounds to float32 where float64 is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import numpy as np
from jax import lax

from rnnbench import Convolution, Kernel

Array = jax.Array


class FusedConvolution(Kernel):
    """``lax.conv_general_dilated``, its weights ``(K, I, O)`` with the earliest step first."""

    kernel = "lax.conv_general_dilated"

    def __init__(self, part: Convolution, put: Callable[[Any], Any]) -> None:
        self.part, self.put = part, put

    def pack(self, params: dict[str, np.ndarray]) -> dict[str, Array]:
        """Turn the order of the steps round."""
        packed: dict[str, Array] = self.put(params | {"w": params["w"][::-1]})
        return packed

    def unpack(self, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Turn it back."""
        return arrays | {"w": arrays["w"][::-1]}

    def apply(self, params: Any, *arrays: Array, **options: Any) -> Array:
        """Map ``((K-1) d + T, B, I)`` to ``(T, B, O)``."""
        bias: Array = params["b"]
        return bias + lax.conv_general_dilated(
            arrays[0],
            params["w"],
            window_strides=(1,),
            padding="VALID",
            rhs_dilation=(self.part.dilation,),
            dimension_numbers=("WNC", "WIO", "WNC"),
        )
