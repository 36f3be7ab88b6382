"""A cell that is linear in its state, over all steps at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnnbench.models.arrays.array_functions import Array, Namespace, State
from rnnbench.models.cell import LinearCell, affine, times
from rnnbench.models.kernel import Recurrence
from rnnbench.models.padding import beside


class ParallelRecurrence(Recurrence):
    """A linear cell without a loop over time: one product for all steps, then a prefix scan.

    The variant ``parallel``. Parameters stay canonical, gradients are the framework's. A backend
    with a scan of its own overrides :meth:`scan`.
    """

    takes_masks = True
    kernel = "prefix scan"

    def __init__(self, cell: LinearCell, xp: Namespace, put: Callable[[Any], Any]) -> None:
        self.cell, self.xp, self.put = cell, xp, put

    def pack(self, params: dict[str, np.ndarray]) -> Any:
        """Put the parameters on the device as they are."""
        return self.put(params)

    def apply(
        self,
        params: Any,
        xs: Array,
        state: State,
        mask: Array | None = None,
        context: tuple[Array, ...] = (),
    ) -> tuple[Array, State]:
        """Run over ``xs (T, B, I)``; at padding a = 1 and b = 0, which keep the state."""
        a, b = self._maps(params, xs)
        if mask is not None:
            one = (1, *[0] * (len(a) - 1))  # of complex numbers, too
            a = tuple(self._where(mask, part, value) for part, value in zip(a, one, strict=True))
            b = tuple(self._where(mask, part, 0) for part in b)
        states = self.scan(state, a, b)
        ys = self.cell.output(self.xp, states)
        return self._where(mask, ys, 0), tuple(part[-1] for part in states)

    def scan(self, state: State, a: State, b: State) -> State:
        """Return the states after all steps, ``(T, B, H)`` per part.

        Args:
            state: the one before the first step, ``(B, H)`` per part.
            a: of h' = a ⊙ h + b, ``(T, B, H)`` per part.
            b: likewise.
        """
        return prefix_scan(self.xp, state, a, b)

    def _maps(self, params: Any, xs: Array) -> tuple[State, State]:
        """Return a and b of all steps, ``(T, B, H)`` per part."""
        steps, batch, inputs = xs.shape
        a, b = self.cell.linear(self.xp, params, self.xp.reshape(xs, (steps * batch, inputs)))
        rows = b[0].shape

        def apart(part: Array) -> Array:
            return self.xp.reshape(self.xp.broadcast_to(part, rows), (steps, batch, rows[1]))

        return tuple(map(apart, a)), tuple(map(apart, b))

    def _where(self, mask: Array | None, array: Array, padding: int) -> Array:
        if mask is None:
            return array
        return self.xp.where(beside(mask, array), array, self.xp.zeros_like(array) + padding)


def prefix_scan(xp: Namespace, state: State, a: State, b: State) -> State:
    """Return all states of h' = a ⊙ h + b in O(T) operations, O(log T) of them in sequence.

    Two steps are one of the same kind, from h to (a₂ ⊙ a₁) ⊙ h + (a₂ ⊙ b₁ + b₂). So pairs of steps
    are a recurrence of half the length. It gives every second state, from which one step leads to
    each of the others. (Blelloch, "Prefix sums and their applications", CMU-CS-90-190, 1990.)

    Args:
        xp: the functions to compute with.
        state: the state before the first step, ``(B, H)`` per part.
        a: ``(T, B, H)`` per part.
        b: likewise.
    """
    steps = b[0].shape[0]
    if steps == 1:
        return affine(a, each(lambda h: h[None], state), b)
    if steps % 2:
        early = prefix_scan(xp, state, each(lambda x: x[:-1], a), each(lambda x: x[:-1], b))
        last = affine(*(each(lambda x: x[-1:], part) for part in (a, early, b)))
        return tuple(xp.concat(parts) for parts in zip(early, last, strict=True))
    (a_1, a_2), (b_1, b_2) = pairs(xp, a), pairs(xp, b)
    second = prefix_scan(xp, state, times(a_2, a_1), affine(a_2, b_1, b_2))
    before = tuple(xp.concat([h[None], hs[:-1]]) for h, hs in zip(state, second, strict=True))
    first = affine(a_1, before, b_1)
    return tuple(in_turn(xp, *parts) for parts in zip(first, second, strict=True))


def each(function: Callable[[Array], Array], state: State) -> State:
    """Return ``function`` of each part."""
    return tuple(map(function, state))


def pairs(xp: Namespace, xs: State) -> tuple[State, State]:
    """Return the first and the second step of each pair, ``(T/2, B, H)`` per part."""
    split = [xp.unstack(xp.reshape(x, (x.shape[0] // 2, 2, *x.shape[1:])), axis=1) for x in xs]
    first, second = zip(*split, strict=True)
    return first, second


def in_turn(xp: Namespace, first: Array, second: Array) -> Array:
    """Return the steps of both in turn, ``(T, B, H)``."""
    steps, *rest = first.shape
    return xp.reshape(xp.stack([first, second], axis=1), (2 * steps, *rest))
