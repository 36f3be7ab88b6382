"""PyTorch's own functions for parts that are no layers: attention and convolution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from torch import Tensor
from torch.nn import functional

from rnnbench import Convolution, DotProductAttention, Kernel, Part


class FusedAttention(Kernel):
    """``scaled_dot_product_attention``, which never holds all scores at once."""

    kernel = "scaled_dot_product_attention"

    def pack(self, params: dict[str, np.ndarray]) -> dict[str, Tensor]:
        """Return nothing: it has no parameters."""
        return {}

    def apply(self, params: Any, *arrays: Tensor | None, **options: Any) -> Tensor:
        """Mix the values for each query; the last array tells which keys are seen."""
        queries, keys, values, seen = arrays
        return functional.scaled_dot_product_attention(queries, keys, values, seen)  # type: ignore[arg-type]


class FusedConvolution(Kernel):
    """``conv1d``, whose weights are ``(O, I, K)``, the earliest step first.

    PyTorch has time last: the inputs are transposed on the way in and out, which is part of the
    cost.
    """

    kernel = "conv1d"

    def __init__(self, part: Convolution, leaves: Callable[[Any], Any]) -> None:
        """Prepare for one convolution; ``leaves`` makes tensors that are trained."""
        self.part, self.leaves = part, leaves

    def pack(self, params: dict[str, np.ndarray]) -> dict[str, Tensor]:
        """Turn the order of the steps and that of the axes round."""
        packed: dict[str, Tensor] = self.leaves({"w": params["w"][::-1].T.copy(), "b": params["b"]})
        return packed

    def unpack(self, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Turn them back."""
        return {"w": arrays["w"].T[::-1], "b": arrays["b"]}

    def apply(self, params: Any, *arrays: Tensor, **options: Any) -> Tensor:
        """Map ``((K-1) d + T, B, I)`` to ``(T, B, O)``."""
        (xs,) = arrays
        ys = functional.conv1d(
            xs.permute(1, 2, 0), params["w"], params["b"], dilation=self.part.dilation
        )
        return ys.permute(2, 0, 1)


def fused(part: Part, leaves: Callable[[Any], Any]) -> Kernel | None:
    """Return PyTorch's function for a part, None where it has none."""
    if type(part) is DotProductAttention:
        return FusedAttention()
    return FusedConvolution(part, leaves) if type(part) is Convolution else None
