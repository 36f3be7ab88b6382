"""What the hand-written kernels share: packed weights, buffers, and the GEMMs around the time loop.

Letters: ``T`` steps, ``B`` batch, ``I`` inputs, ``H`` hidden units, ``G`` gates. A layer's weights
are one matrix ``w (I + 1 + H, G·H)``: its rows are those of ``w_x``, then ``b``, then those of
``w_h``; its columns are the gates side by side. The inputs get a column of ones, so that the GEMM
before the loop adds the bias, and the one after it sums the bias's gradient.

Ufuncs are given their output by position: on the small arrays of one step the keyword is a
noticeable part of the call.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar, NamedTuple, TypeAlias

import numpy as np

from rnnbench import Layer

Arrays: TypeAlias = tuple[np.ndarray, ...]

#: How many gate values to treat in one call where steps do not depend on each other: few calls
#: where steps are small; one step at a time, still in cache, where they are large.
BLOCK = 1 << 15


class Shape(NamedTuple):
    """What the buffers of a kernel depend on beside the layer.

    Attributes:
        steps: ``T``.
        batch: ``B``.
        keep: whether :meth:`Kernel.backward` may be called.
    """

    steps: int
    batch: int
    keep: bool


class Gradients(NamedTuple):
    """What :meth:`Kernel.backward` finds.

    Attributes:
        weights: one per name in :attr:`Kernel.weights`.
        xs: ``(T, B, I)``, or None where it was not asked for.
        state: ``(B, H)`` each.
    """

    weights: Arrays
    xs: np.ndarray | None
    state: Arrays


class Kernel(ABC):
    """One layer's equations, forward and backward through time, on buffers of one shape.

    A kernel serves one sequence at a time: the next ``forward`` overwrites what ``backward``
    reads. ``backward`` leaves that as it is, and may be called again. Returned arrays are new
    each time and never written to afterwards.
    """

    #: The names of the packed parameters.
    weights: ClassVar[tuple[str, ...]] = ("w",)
    #: The gates in the order of the columns of ``w_x`` and ``b``, and of ``w_h``.
    columns_x: ClassVar[tuple[str, ...]]
    columns_h: ClassVar[tuple[str, ...]]
    #: The gates that a sigmoid squashes.
    sigmoids: ClassVar[frozenset[str]] = frozenset()
    #: How many gradients, ``H`` wide each, a step leaves for the GEMMs after the loop, and which
    #: of them belong to the columns of ``w_x`` and of ``w_h``.
    slots: ClassVar[int]
    slots_x: ClassVar[slice] = slice(None)
    slots_h: ClassVar[slice] = slice(None)

    def __init__(self, layer: Layer, shape: Shape, dtype: str) -> None:
        steps, batch, keep = shape
        self.shape, self.dtype = shape, np.dtype(dtype)
        self.hidden, self.split = layer.hidden, layer.inputs + 1
        width = len(self.columns_x) * self.hidden
        self.half, self.one = np.array(0.5, dtype), np.array(1, dtype)
        # Of few steps the gates are less than the weights, and are halved instead.
        self.halves_weights = bool(self.sigmoids) and steps * batch >= self.split + self.hidden
        if self.halves_weights:
            self.scale_x, self.scale_h = self._scale(self.columns_x), self._scale(self.columns_h)
            self.halved_x = self.buffer(self.split, width)
            self.halved_h = self.buffer(self.hidden, width)
        self.w_h = self.buffer(0)  # what a step multiplies with
        self.inputs = self.buffer(steps, batch, self.split)
        self.inputs[..., -1] = 1
        self.gates = self.buffer(steps, batch, width)
        self.product = self.buffer(batch, width)
        if keep:
            self.hs = self.buffer(0)  # of the latest sequence
            self.deltas = self.buffer(steps, batch, self.slots, self.hidden)
            self.block = min(steps, max(1, BLOCK // self.product.size))

    @abstractmethod
    def forward(self, weights: Arrays, xs: np.ndarray, state: Arrays) -> Arrays:
        """Run over a sequence.

        Args:
            weights: the packed parameters, in the order of :attr:`weights`.
            xs: the inputs ``(T, B, I)``.
            state: the state before the first step, ``(B, H)`` each.

        Returns:
            The outputs ``(T, B, H)``, then the parts of the final state after its first, which
            is the last output.
        """

    @abstractmethod
    def backward(self, weights: Arrays, wants_xs: bool, gradients: Arrays) -> Gradients:
        """Go back through the latest sequence.

        Args:
            weights: the packed parameters, as ``forward`` had them.
            wants_xs: whether the gradient of the inputs is needed.
            gradients: those of what ``forward`` returned.
        """

    def buffer(self, *shape: int) -> np.ndarray:
        """Return new memory."""
        return np.empty(shape, self.dtype)

    def stored(self, steps: int) -> np.ndarray:
        """Return ``(steps, B, H)`` for what only ``backward`` needs of every step.

        Unless :attr:`Shape.keep` is set, all steps share the memory of one.
        """
        if self.shape.keep:
            return self.buffer(steps, self.shape.batch, self.hidden)
        one = self.buffer(self.shape.batch, self.hidden)
        return np.lib.stride_tricks.as_strided(one, (steps, *one.shape), (0, *one.strides))

    def begin(self, w: np.ndarray, xs: np.ndarray, h: np.ndarray) -> np.ndarray:
        """Fill the gates with ``x W_x + b``; return new memory ``(T + 1, B, H)``, h its first.

        As σ(x) = tanh(x / 2) / 2 + 1 / 2, one tanh serves all gates of a step. The weights of its
        argument are halved here, or without :attr:`halves_weights` the gates in each step.
        """
        w_x, self.w_h = w[: self.split], w[self.split :]
        if self.halves_weights:
            w_x = np.multiply(w_x, self.scale_x, self.halved_x)
            self.w_h = np.multiply(self.w_h, self.scale_h, self.halved_h)
        self.inputs[..., :-1] = xs
        np.dot(flat(self.inputs), w_x, flat(self.gates))
        hs = self.buffer(self.shape.steps + 1, *h.shape)
        hs[0] = h
        if self.shape.keep:
            self.hs = hs
        return hs

    def blocks(self) -> Iterator[tuple[int, int]]:
        """Yield the first step of each block and the first after it, the last block first."""
        for stop in range(self.shape.steps, 0, -self.block):
            yield max(0, stop - self.block), stop

    def finish(self, w: np.ndarray, wants_xs: bool) -> tuple[np.ndarray, np.ndarray | None]:
        """Return the gradients of ``w`` and, if wanted, of the inputs, from all steps' deltas."""
        d_x = flat(self.deltas[:, :, self.slots_x])
        d_h = flat(self.deltas[:, :, self.slots_h])
        d_w = np.empty_like(w)
        np.dot(flat(self.inputs).T, d_x, d_w[: self.split])
        np.dot(flat(self.hs[:-1]).T, d_h, d_w[self.split :])
        if not wants_xs:
            return d_w, None
        d_xs = np.dot(d_x, w[: self.split - 1].T)
        return d_w, d_xs.reshape(*self.inputs.shape[:2], -1)

    def _scale(self, columns: tuple[str, ...]) -> np.ndarray:
        factors = [0.5 if gate in self.sigmoids else 1.0 for gate in columns]
        return np.repeat(np.array(factors, self.dtype), self.hidden)


def flat(array: np.ndarray) -> np.ndarray:
    """Return ``(T, B, ...)`` as a matrix with one row per step and example, never as a copy."""
    return array.reshape(array.shape[0] * array.shape[1], -1, copy=False)
