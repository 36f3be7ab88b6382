"""The GRU by hand; its equations are in :mod:`rnnbench.models.cells.gated.gru`.

Backward, with m = h W_hn + b_hn and δ the gradient of a gate before it is squashed, and of m, from
the last step to the first:

    dh += dy
    δ_n = dh ⊙ (1 - z) ⊙ (1 - n²)       δ_r = δ_n ⊙ m ⊙ r (1 - r)
    δ_z = dh ⊙ (h - n) ⊙ z (1 - z)      δ_m = δ_n ⊙ r
    dh = dh ⊙ z + [δ_r δ_z δ_m] W_hᵀ

All four are dh times something that does not depend on it: that is computed for a block of steps
at once.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from rnnbench import Layer
from rnnbench_numpy.kernel import Arrays, Gradients, Kernel, Shape, flat


class GRUKernel(Kernel):
    """Slots n r z m: the first three are the columns of ``w_x``, the last three of ``w_h``."""

    weights: ClassVar[tuple[str, ...]] = ("w", "b_hn")
    columns_x: ClassVar[tuple[str, ...]] = ("n", "r", "z")
    columns_h: ClassVar[tuple[str, ...]] = ("r", "z", "n")
    sigmoids: ClassVar[frozenset[str]] = frozenset("rz")
    slots: ClassVar[int] = 4
    slots_x: ClassVar[slice] = slice(0, 3)
    slots_h: ClassVar[slice] = slice(1, 4)

    def __init__(self, layer: Layer, shape: Shape, dtype: str) -> None:
        super().__init__(layer, shape, dtype)
        steps, batch, keep = shape
        self.ms, self.gaps = self.stored(steps), self.stored(steps)  # m, and h - n
        self.reset = self.buffer(batch, self.hidden)
        self.split_gates = self.gates.reshape(steps, batch, 3, self.hidden)
        n, r, z = (self.split_gates[:, :, k] for k in range(3))
        parts = (n, self.gates[:, :, self.hidden :], r, z, self.ms, self.gaps)
        self.forward_views = list(zip(*parts, strict=True))
        if keep:
            self.ones = np.ones(steps * batch, self.dtype)
            self.slopes = self.buffer(self.block, batch, 4, self.hidden)
            deltas_h = self.deltas.reshape(steps, batch, -1)[:, :, self.hidden :]
            self.backward_views = list(zip(self.deltas, deltas_h, z, strict=True))

    def forward(self, weights: Arrays, xs: np.ndarray, state: Arrays) -> Arrays:
        """Return the outputs."""
        (w, b_hn), (h,) = weights, state
        hs = self.begin(w, xs, h)
        w_h, product, reset, half = self.w_h, self.product, self.reset, self.half
        product_rz, product_n = product[:, : -self.hidden], product[:, -self.hidden :]
        h = hs[0]
        for views, h_next in zip(self.forward_views, hs[1:], strict=True):
            n, rz, r, z, m, gap = views
            np.dot(h, w_h, product)
            np.add(rz, product_rz, rz)
            if not self.halves_weights:
                np.multiply(rz, half, rz)
            np.tanh(rz, rz)
            np.multiply(rz, half, rz)
            np.add(rz, half, rz)
            np.add(product_n, b_hn, m)
            np.multiply(r, m, reset)
            np.add(n, reset, n)
            np.tanh(n, n)
            np.subtract(h, n, gap)
            np.multiply(z, gap, h_next)
            np.add(h_next, n, h_next)
            h = h_next
        return (hs[1:],)

    def backward(self, weights: Arrays, wants_xs: bool, gradients: Arrays) -> Gradients:
        """Go back through the latest sequence."""
        (w, _), (d_ys,) = weights, gradients
        w_h = w[self.split :].T
        d_h = np.zeros(self.hs.shape[1:], self.dtype)
        direct, d_h_of_slots = np.empty_like(d_h), d_h[:, None]
        for start, stop in self.blocks():
            self._slopes(start, stop)
            for t in range(stop - 1, start - 1, -1):
                delta, delta_h, z = self.backward_views[t]
                np.add(d_h, d_ys[t], d_h)
                np.multiply(d_h_of_slots, self.slopes[t - start], delta)
                np.multiply(d_h, z, direct)
                np.dot(delta_h, w_h, d_h)
                np.add(d_h, direct, d_h)
        d_w, d_xs = self.finish(w, wants_xs)
        d_b_hn = np.dot(self.ones, flat(self.deltas[:, :, 3]))
        return Gradients((d_w, d_b_hn), d_xs, (d_h,))

    def _slopes(self, start: int, stop: int) -> None:
        """Compute what dh is multiplied by in a block of steps."""
        gates, ms, gaps = (a[start:stop] for a in (self.split_gates, self.ms, self.gaps))
        slopes = self.slopes[: stop - start]
        n, r, z = (gates[:, :, k] for k in range(3))
        of_n, of_r, of_z, of_m = (slopes[:, :, k] for k in range(4))
        sigmoids, of_sigmoids = gates[:, :, 1:], slopes[:, :, 1:3]
        np.multiply(sigmoids, sigmoids, of_sigmoids)
        np.subtract(sigmoids, of_sigmoids, of_sigmoids)
        np.multiply(of_z, gaps, of_z)
        np.multiply(n, n, of_n)
        np.subtract(self.one, of_n, of_n)
        np.subtract(self.one, z, of_m)
        np.multiply(of_n, of_m, of_n)
        np.multiply(of_n, r, of_m)
        np.multiply(of_r, ms, of_r)
        np.multiply(of_r, of_n, of_r)
