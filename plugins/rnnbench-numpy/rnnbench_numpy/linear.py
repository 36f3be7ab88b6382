"""The variant ``parallel``: h' = a ⊙ h + b for cells that are linear in h, its gradient by hand.

Backward, with g the gradient of an output and δ that of a state, from the last step to the first:

    δ_t = conj(a_{t+1}) ⊙ δ_{t+1} + g_t        d a_t = δ_t ⊙ conj(h_{t-1})        d b_t = δ_t

which is the same recurrence, reversed. On one core the bare loop over time, two calls of NumPy per
step, is faster than a prefix scan: all that is large is computed before it for all steps at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from autograd.extend import defvjp_argnums, primitive

from rnnbench import ParallelRecurrence, State

Arrays: TypeAlias = tuple[np.ndarray, ...]


class LinearRecurrence(ParallelRecurrence):
    """One product for all steps, then one multiplication and one addition per step."""

    kernel = "linear loop (hand-written gradient)"

    def scan(self, state: State, a: State, b: State) -> State:
        """Return the states after all steps, ``(T, B, H)`` per part."""
        states = _forward(*state, *a, *b)
        return tuple(states[k] for k in range(len(state)))


def run(h: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return all states of h' = a ⊙ h + b."""
    hs = np.empty_like(b)
    for factor, term, after in zip(a, b, hs, strict=True):
        np.multiply(factor, h, after)
        np.add(after, term, after)
        h = after
    return hs


@primitive  # type: ignore[untyped-decorator]
def _forward(*arrays: np.ndarray) -> Arrays:
    return parts(run(*numbers(arrays)))


# A primitive without a gradient of its own: a second derivative is refused, not taken as zero.
@primitive  # type: ignore[untyped-decorator]
def _backward(gradients: Arrays, states: Arrays, *arrays: np.ndarray) -> Arrays:
    h, a, _ = numbers(arrays)
    (g,), (hs,) = numbers(gradients, 1), numbers(states, 1)
    back = a.conj()
    # The first factor, moved there from the other end, multiplies zero.
    deltas = run(np.zeros_like(h), np.roll(back[::-1], 1, axis=0), g[::-1])[::-1]
    before = np.concatenate([h[None], hs[:-1]])
    return *parts(back[0] * deltas[0]), *parts(deltas * before.conj()), *parts(deltas)


def _vjp(
    argnums: tuple[int, ...], answer: Arrays, arrays: Arrays, keywords: dict[str, Any]
) -> Callable[[Arrays], Any]:
    def vjp(gradients: Arrays) -> Any:
        found = _backward(gradients, answer, *arrays)
        return tuple(found[k] for k in argnums)

    return vjp


defvjp_argnums(_forward, _vjp)


def numbers(arrays: Arrays, count: int = 3) -> Arrays:
    """Return ``count`` arrays of numbers, given as they are or as real and imaginary parts."""
    if len(arrays) == count:
        return arrays
    return tuple(re + 1j * im for re, im in zip(arrays[::2], arrays[1::2], strict=True))


def parts(array: np.ndarray) -> Arrays:
    """Undo :func:`numbers` for one array."""
    return (array.real, array.imag) if np.iscomplexobj(array) else (array,)
