"""The simple recurrent network by hand.

Its equations are in :mod:`rnnbench.models.cells.simple.elman`.

Backward, with δ the gradient before φ, from the last step to the first:

    dh += dy        δ = dh ⊙ φ'        dh = δ W_hᵀ

The slope φ' is had from h' alone, for a block of steps at once: 1 - h'² of tanh, [h' > 0] of relu.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from rnnbench import Layer
from rnnbench_numpy.kernel import Arrays, Gradients, Kernel, Shape


class TanhKernel(Kernel):
    """φ = tanh."""

    columns_x: ClassVar[tuple[str, ...]] = ("h",)
    columns_h: ClassVar[tuple[str, ...]] = columns_x
    slots: ClassVar[int] = 1

    def __init__(self, layer: Layer, shape: Shape, dtype: str) -> None:
        super().__init__(layer, shape, dtype)
        if shape.keep:
            self.slopes = self.buffer(self.block, shape.batch, self.hidden)

    def forward(self, weights: Arrays, xs: np.ndarray, state: Arrays) -> Arrays:
        """Return the outputs."""
        (w,), (h,) = weights, state
        hs = self.begin(w, xs, h)
        h = hs[0]
        for a, h_next in zip(self.gates, hs[1:], strict=True):
            np.dot(h, self.w_h, self.product)
            np.add(a, self.product, a)
            self.activate(a, h_next)
            h = h_next
        return (hs[1:],)

    def backward(self, weights: Arrays, wants_xs: bool, gradients: Arrays) -> Gradients:
        """Go back through the latest sequence."""
        (w,), (d_ys,) = weights, gradients
        w_h = w[self.split :].T
        d_h = np.zeros(self.hs.shape[1:], self.dtype)
        for start, stop in self.blocks():
            self.slope(self.hs[start + 1 : stop + 1], self.slopes[: stop - start])
            for t in range(stop - 1, start - 1, -1):
                delta = self.deltas[t, :, 0]
                np.add(d_h, d_ys[t], d_h)
                np.multiply(d_h, self.slopes[t - start], delta)
                np.dot(delta, w_h, d_h)
        d_w, d_xs = self.finish(w, wants_xs)
        return Gradients((d_w,), d_xs, (d_h,))

    def activate(self, a: np.ndarray, out: np.ndarray) -> None:
        """Write φ(a) to ``out``."""
        np.tanh(a, out)

    def slope(self, h: np.ndarray, out: np.ndarray) -> None:
        """Write φ' to ``out``, given h = φ."""
        np.multiply(h, h, out)
        np.subtract(self.one, out, out)


class ReluKernel(TanhKernel):
    """φ = relu, with slope 0 at 0."""

    def activate(self, a: np.ndarray, out: np.ndarray) -> None:
        """Write φ(a) to ``out``."""
        np.maximum(a, 0, out=out)

    def slope(self, h: np.ndarray, out: np.ndarray) -> None:
        """Write φ' to ``out``, given h = φ."""
        np.greater(h, 0, out)
