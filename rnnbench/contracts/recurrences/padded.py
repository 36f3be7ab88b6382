"""Lengths for a recurrence that knows none."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from rnnbench.errors import Unsupported
from rnnbench.models.arrays.array_functions import Array, Namespace, State
from rnnbench.models.cell import Cell
from rnnbench.models.kernel import Kernel, Recurrence
from rnnbench.models.layers.recurrent import Layer
from rnnbench.models.network_part import Part
from rnnbench.models.padding import beside

#: The weight of the gate channel: σ is 0 or 1 there, exactly, and its slope 0.
CLOSED = 1e4


class PaddedRecurrence(Recurrence):
    """A kernel of sequences of one length, made exact for several: padding stands at the end only.

    What is computed at padding reaches no step before it, so the outputs there are replaced by
    zeros, and the first part of the final state is the last output that is none. What else there is
    in the state, an LSTM's c, is kept still by a *gate channel*: one more input, 1 at padding and 0
    elsewhere, whose constant weights hold the gates of :attr:`Cell.hold` open or closed. The
    gradient of these constants is exactly 0, so no optimizer moves them.
    """

    takes_masks = True

    def __init__(self, kernel: Recurrence, layer: Layer, xp: Namespace, channel: bool) -> None:
        self.inner, self.layer, self.xp, self.channel = kernel, layer, xp, channel
        self.kernel = f"{kernel.kernel}, gate channel" if channel else kernel.kernel
        self.trained = kernel.trained

    def pack(self, params: dict[str, np.ndarray]) -> Any:
        """Add the weights of the gate channel ``(G, 1, H)`` to those of the inputs."""
        if not self.channel:
            return self.inner.pack(params)
        constant, cell = np.zeros_like(params["w_x"][:, :1]), self.layer.cell
        for gate, sign in cell.hold.items():
            constant[cell.gates.index(gate)] = sign * CLOSED
        return self.inner.pack(params | {"w_x": np.concatenate([params["w_x"], constant], axis=1)})

    def unpack(self, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Leave the gate channel out."""
        params = self.inner.unpack(arrays)
        return params | {"w_x": params["w_x"][:, : self.layer.inputs]}

    def apply(
        self,
        params: Any,
        xs: Array,
        state: State,
        mask: Array | None = None,
        context: tuple[Array, ...] = (),
    ) -> tuple[Array, State]:
        """Run over all steps, padding included, and take out what that adds."""
        if mask is None:
            xs = self._joined(xs, self.xp.zeros_like(xs[..., :1]))
            return self.inner.apply(params, xs, state, None, context)
        there, one = beside(mask, xs), xs[..., :1]
        xs = self._joined(xs, self.xp.where(there, self.xp.zeros_like(one), self.xp.ones_like(one)))
        ys, final = self.inner.apply(params, xs, state, None, context)
        ys = self.xp.where(there, ys, self.xp.zeros_like(ys))
        return ys, (self._last(ys, mask), *final[1:])

    def _last(self, ys: Array, mask: Array) -> Array:
        """Return the last output of each example that is no padding, ``(B, H)``."""
        goes_on = self.xp.concat([mask[1:], self.xp.zeros_like(mask[:1])])
        return self.xp.sum(self.xp.where(beside(goes_on, ys), self.xp.zeros_like(ys), ys), axis=0)

    def _joined(self, xs: Array, channel: Array) -> Array:
        return self.xp.concat([xs, channel], axis=-1) if self.channel else xs


def heeding_lengths(
    make: Callable[[Part], Kernel | None], xp: Namespace, part: Part
) -> Kernel | None:
    """Return a kernel that takes masks if it is a layer's.

    Args:
        make: makes a kernel for a part.
        xp: the array functions of the backend.
        part: what it is for.

    Raises:
        Unsupported: if it takes none and can't be made exact.
    """
    kernel = make(part)
    if not isinstance(kernel, Recurrence) or not isinstance(part, Layer) or kernel.takes_masks:
        return kernel
    cell = part.cell
    if type(cell).output is Cell.output and len(cell.state) == 1:
        return PaddedRecurrence(kernel, part, xp, channel=False)
    if type(cell).output is Cell.output and cell.hold:
        wider = make(dataclasses.replace(part, inputs=part.inputs + 1))
        if isinstance(wider, Recurrence):
            return PaddedRecurrence(wider, part, xp, channel=True)
    raise Unsupported(f"{kernel.kernel} takes sequences of one length alone")
