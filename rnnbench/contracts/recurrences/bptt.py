"""A whole sequence with its backward pass written by hand, for a framework that has a scan.

Backpropagation through time in its classic form (Werbos 1990), arranged for large products:

- the input's product ``x W_x`` of all steps is one GEMM before the loop, which adds the bias as
  it goes (added before, the bias would cost a pass over ``(T, B, G·H)``);
- the forward loop keeps the activated gates, the backward one reads them;
- what the backward loop computes is ``d_a (T, B, G·H)``; each weight gradient is one GEMM of it
  after the loop, as is the gradient of the inputs.

Automatic differentiation of a loop accumulates the weight gradients step by step instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from rnnbench.contracts.recurrences.pointwise import Pointwise
from rnnbench.models.arrays.array_functions import Array, Namespace, State
from rnnbench.models.cell import Group
from rnnbench.models.kernel import Recurrence
from rnnbench.models.layers.recurrent import Layer
from rnnbench.models.padding import beside

#: The parameters whose gates lie side by side.
JOINED = ("w_x", "w_h", "b")
#: A framework's loop over time, ``scan(step, state, inputs, reverse=False)``. It calls
#: ``step(state, inputs of the step)``, which returns the next state and a tree of what is kept, for
#: each index of the first axis of all arrays in the tree ``inputs``; in reverse, the last first.
#: It returns the last state, and what was kept of all steps in the order of the inputs.
Scan: TypeAlias = Callable[..., tuple[State, Any]]


class Passed(NamedTuple):
    """What a forward pass leaves for the backward one.

    Attributes:
        befores: the state before each step, ``(T, B, H)`` each.
        afters: the state after each step.
        gates: what :meth:`Pointwise.forward` keeps of each step.
    """

    befores: State
    afters: State
    gates: State


class BPTTRecurrence(Recurrence):
    """One layer with the gates side by side: ``w_x (I, G·H)``, ``w_h (H, G·H)``, ``b (G·H,)``.

    A backend's subclass has :meth:`apply`, which attaches :meth:`backward` to :meth:`forward`.
    """

    takes_masks = True

    def __init__(
        self, layer: Layer, part: Pointwise, xp: Namespace, put: Callable[[Any], Any], scan: Scan
    ) -> None:
        """Prepare for one layer.

        Args:
            layer: what to compute.
            part: the elementwise half of its cell.
            xp: the functions to compute with.
            put: turns a dict of NumPy arrays into native parameters.
            scan: the loop over time; see :data:`Scan`.
        """
        self.part, self.xp, self.put, self.scan = part, xp, put, scan
        self.order = [layer.cell.gates.index(gate) for gate in part.gates]

    def pack(self, params: dict[str, np.ndarray]) -> Any:
        """Lay the gates side by side along the last axis: ``(G, ..., H)`` to ``(..., G·H)``."""

        def joined(array: np.ndarray) -> np.ndarray:
            return np.concatenate(array[self.order], axis=-1)

        return self.put({n: joined(a) if n in JOINED else a for n, a in params.items()})

    def unpack(self, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Give the gates their own first axis again."""

        def split(array: np.ndarray) -> np.ndarray:
            return np.stack(np.split(array, len(self.order), axis=-1))[np.argsort(self.order)]

        return {n: split(a) if n in JOINED else a for n, a in arrays.items()}

    def forward(
        self, p: Group, xs: Array, state: State, mask: Array | None
    ) -> tuple[tuple[Array, State], Passed]:
        """Run over ``xs (T, B, I)``.

        Returns:
            The outputs and the final state; and what :meth:`backward` reads.
        """
        products = self._steps(self._rows(xs) @ p["w_x"], xs)

        def step(before: State, now: tuple[Array, ...]) -> tuple[State, Any]:
            a, *there = now
            after, gates = self.part.forward(p, a + p["b"], before[0] @ p["w_h"], before)
            after = self._where(there, after, before)
            return after, (after, gates)

        final, (afters, gates) = self.scan(step, state, self._beside_mask((products,), mask))
        (ys,) = self._where([] if mask is None else [mask], afters[:1])
        befores = tuple(
            self.xp.concat([first[None], later[:-1]])
            for first, later in zip(state, afters, strict=True)
        )
        return (ys, final), Passed(befores, afters, gates)

    def backward(
        self,
        p: Group,
        xs: Array,
        mask: Array | None,
        passed: Passed,
        d_ys: Array,
        d_final: State,
    ) -> tuple[Group, Array, State]:
        """Go back through the sequence.

        Args:
            p: the parameters, ``xs`` and ``mask`` as :meth:`forward` had them.
            xs: likewise.
            mask: likewise.
            passed: what it returned.
            d_ys: the gradient of the outputs.
            d_final: the gradient of the final state.

        Returns:
            The gradients of the parameters, the inputs and the initial state.
        """
        w_h = self.xp.permute_dims(p["w_h"], (1, 0))

        def step(d_state: State, now: tuple[Any, ...]) -> tuple[State, Array]:
            d_y, gates, before, after, *there = now
            (d_y,) = self._where(there, (d_y,))
            d_a, direct = self.part.backward(gates, before, after, (d_state[0] + d_y, *d_state[1:]))
            (d_a,), direct = self._where(there, (d_a,)), self._where(there, direct, d_state)
            d_h = direct[0] + self.part.recurrent(gates, d_a) @ w_h
            return (d_h, *direct[1:]), d_a

        kept = (d_ys, passed.gates, passed.befores, passed.afters)
        d_state, d_a = self.scan(step, d_final, self._beside_mask(kept, mask), reverse=True)
        d_r = self.part.recurrent(passed.gates, d_a)
        d_a = self._rows(d_a)
        d_p = {
            "w_x": self._columns(xs) @ d_a,
            "w_h": self._columns(passed.befores[0]) @ self._rows(d_r),
            "b": self.xp.sum(d_a, axis=0),
        }
        d_xs = self._steps(d_a @ self.xp.permute_dims(p["w_x"], (1, 0)), xs)
        return d_p | self.part.extra(d_r), d_xs, d_state

    def _where(self, there: list[Array], new: State, old: State | None = None) -> State:
        """Return ``new``, at padding ``old`` or zeros; ``there`` is empty where none is masked."""
        if not there:
            return new
        olds = old or tuple(map(self.xp.zeros_like, new))
        return tuple(
            self.xp.where(beside(there[0], a), a, b) for a, b in zip(new, olds, strict=True)
        )

    def _rows(self, array: Array) -> Array:
        """Merge time and batch: ``(T, B, N)`` to ``(T·B, N)``."""
        return self.xp.reshape(array, (-1, array.shape[-1]))

    def _columns(self, array: Array) -> Array:
        """Turn ``(T, B, N)`` into ``(N, T·B)``."""
        return self.xp.permute_dims(self._rows(array), (1, 0))

    def _steps(self, array: Array, like: Array) -> Array:
        """Give ``(T·B, N)`` the two first axes of ``like``."""
        return self.xp.reshape(array, (*like.shape[:2], -1))

    @staticmethod
    def _beside_mask(arrays: tuple[Any, ...], mask: Array | None) -> tuple[Any, ...]:
        return arrays if mask is None else (*arrays, mask)
