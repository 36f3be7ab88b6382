"""The LSTM by hand; its equations are in :mod:`rnnbench.models.cells.gated.lstm`.

Backward, with δ the gradient of a gate before it is squashed, from the last step to the first:

    dh += dy
    δ_o = dh ⊙ tanh(c') ⊙ o (1 - o)
    dc += dh ⊙ o (1 - tanh²(c'))
    δ_i = dc ⊙ g ⊙ i (1 - i)    δ_f = dc ⊙ c ⊙ f (1 - f)    δ_g = dc ⊙ i ⊙ (1 - g²)
    dc = dc ⊙ f                 dh = δ W_hᵀ

What dh and dc are multiplied by does not depend on them: it is computed for a block of steps at
once.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from rnnbench import Layer
from rnnbench_numpy.kernel import Arrays, Gradients, Kernel, Shape


class LSTMKernel(Kernel):
    """Columns o i f g: the sigmoids lie side by side, and so do the gates that dc reaches."""

    columns_x: ClassVar[tuple[str, ...]] = ("o", "i", "f", "g")
    columns_h: ClassVar[tuple[str, ...]] = columns_x
    sigmoids: ClassVar[frozenset[str]] = frozenset("oif")
    slots: ClassVar[int] = 4

    def __init__(self, layer: Layer, shape: Shape, dtype: str) -> None:
        super().__init__(layer, shape, dtype)
        steps, batch, keep = shape
        self.cs, self.tanh_cs = self.stored(steps + 1), self.stored(steps)
        self.added = self.buffer(batch, self.hidden)
        self.split_gates = self.gates.reshape(steps, batch, 4, self.hidden)
        sigmoids = self.gates[:, :, : 3 * self.hidden]
        o, i, f, g = (self.split_gates[:, :, k] for k in range(4))
        parts = (self.gates, sigmoids, o, i, f, g, self.cs[:-1], self.cs[1:], self.tanh_cs)
        self.forward_views = list(zip(*parts, strict=True))
        if keep:
            self.slopes = self.buffer(self.block, batch, 4, self.hidden)
            self.through = self.buffer(self.block, batch, self.hidden)
            deltas = self.deltas.reshape(steps, batch, -1)
            back = (deltas, self.deltas[:, :, 0], self.deltas[:, :, 1:], f)
            self.backward_views = list(zip(*back, strict=True))
            ahead = (self.slopes[:, :, 0], self.slopes[:, :, 1:], self.through)
            self.slope_views = list(zip(*ahead, strict=True))

    def forward(self, weights: Arrays, xs: np.ndarray, state: Arrays) -> Arrays:
        """Return the outputs and the last c."""
        (w,), (h, self.cs[0]) = weights, state
        hs = self.begin(w, xs, h)
        w_h, product, added, half = self.w_h, self.product, self.added, self.half
        h = hs[0]
        for views, h_next in zip(self.forward_views, hs[1:], strict=True):
            a, sigmoids, o, i, f, g, c, c_next, tanh_c = views
            np.dot(h, w_h, product)
            np.add(a, product, a)
            if not self.halves_weights:
                np.multiply(sigmoids, half, sigmoids)
            np.tanh(a, a)
            np.multiply(sigmoids, half, sigmoids)
            np.add(sigmoids, half, sigmoids)
            np.multiply(i, g, added)
            np.multiply(f, c, c_next)
            np.add(c_next, added, c_next)
            np.tanh(c_next, tanh_c)
            np.multiply(o, tanh_c, h_next)
            h = h_next
        return hs[1:], self.cs[-1].copy()

    def backward(self, weights: Arrays, wants_xs: bool, gradients: Arrays) -> Gradients:
        """Go back through the latest sequence."""
        (w,), (d_ys, d_c) = weights, gradients
        w_h = w[self.split :].T
        d_h, d_c = np.zeros(self.hs.shape[1:], self.dtype), d_c.copy()
        d_c_of_gates = d_c[:, None]
        for start, stop in self.blocks():
            self._slopes(start, stop)
            for t in range(stop - 1, start - 1, -1):
                delta, delta_o, delta_ifg, f = self.backward_views[t]
                slope_o, slope_ifg, through = self.slope_views[t - start]
                np.add(d_h, d_ys[t], d_h)
                np.multiply(d_h, slope_o, delta_o)
                np.multiply(d_h, through, d_h)
                np.add(d_c, d_h, d_c)
                np.multiply(d_c_of_gates, slope_ifg, delta_ifg)
                np.multiply(d_c, f, d_c)
                np.dot(delta, w_h, d_h)
        d_w, d_xs = self.finish(w, wants_xs)
        return Gradients((d_w,), d_xs, (d_h, d_c))

    def _slopes(self, start: int, stop: int) -> None:
        """Compute what dh and dc are multiplied by in a block of steps."""
        gates, cs, tanh_cs = (a[start:stop] for a in (self.split_gates, self.cs, self.tanh_cs))
        slopes, through = self.slopes[: stop - start], self.through[: stop - start]
        sigmoids, o, i, g = gates[:, :, :3], gates[:, :, 0], gates[:, :, 1], gates[:, :, 3]
        of_sigmoids = slopes[:, :, :3]
        of_o, of_i, of_f, of_g = (slopes[:, :, k] for k in range(4))
        np.multiply(sigmoids, sigmoids, of_sigmoids)
        np.subtract(sigmoids, of_sigmoids, of_sigmoids)
        np.multiply(of_o, tanh_cs, of_o)
        np.multiply(of_i, g, of_i)
        np.multiply(of_f, cs, of_f)
        np.multiply(g, g, of_g)
        np.subtract(self.one, of_g, of_g)
        np.multiply(of_g, i, of_g)
        np.multiply(tanh_cs, tanh_cs, through)
        np.subtract(self.one, through, through)
        np.multiply(through, o, through)
