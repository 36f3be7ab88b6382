"""Attention of a decoder to the memory of an encoder, after all steps or within each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

import numpy as np

from rnnbench.models.arrays.array_functions import Array, Namespace, State
from rnnbench.models.cell import Cell, Group, Shapes
from rnnbench.models.initializers import glorot
from rnnbench.models.layers.attention import softmax
from rnnbench.models.layers.dense import product
from rnnbench.models.network_part import Part, Run

Score: TypeAlias = Literal["additive", "dot"]
#: How the names of the attention's parameters begin, beside those of a cell.
PREFIX = "attention_"


@dataclass(frozen=True)
class MemoryAttention(Part):
    """What is known, h, joined with what is read of it in a memory m.

        h̃ = tanh([h; c] W_c)        c = Σ_s α_s m_s        α = softmax_s(e_s)

        additive    e_s = vᵀ tanh(h W_q + k_s)    with keys k_s = m_s W_k + b_k
        dot         e_s = hᵀ m_s                  the memory being its own keys

    The attentional vector h̃ and the dot product: Luong, Pham & Manning, "Effective approaches to
    attention-based neural machine translation", EMNLP 2015, eq. 5-8. The additive score: Bahdanau,
    Cho & Bengio, "Neural machine translation by jointly learning to align and translate", ICLR
    2015, appendix A.1.2. The keys are the same for every h, and computed elsewhere.
    Parameters: ``w_c (H + M, H)`` and, of the additive score, ``w_q (H, H)`` and ``v (1, H)``, all
    Glorot-uniform.

    Attributes:
        score: how well a step of the memory fits.
        hidden: the width H of h, of h̃ and of the keys.
        memory: the width M of the memory; that of h for the dot product.
    """

    score: Score
    hidden: int
    memory: int

    @property
    def shapes(self) -> Shapes:
        """Return ``w_c`` and, of the additive score, ``w_q`` and ``v``."""
        joined: Shapes = {"w_c": (self.hidden + self.memory, self.hidden)}
        if self.score == "dot":
            return joined
        return joined | {"w_q": (self.hidden, self.hidden), "v": (1, self.hidden)}

    def initial(self, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """Draw all of them."""
        return {name: glorot(rng, shape) for name, shape in self.shapes.items()}

    def apply(
        self, run: Run, hs: Array, memory: Array, keys: Array, there: Array | None = None
    ) -> Array:
        """Map ``(T, B, H)`` to the attentional vectors; see :meth:`read`."""
        return self.read(run.xp, run.p, hs, memory, keys, there)

    def read(
        self,
        xp: Namespace,
        p: Group,
        hs: Array,
        memory: Array,
        keys: Array,
        there: Array | None = None,
    ) -> Array:
        """Read in the memory, for all steps of ``hs`` at once.

        Args:
            xp: the functions to compute with.
            p: the parameters.
            hs: what is known at each step ``(T, B, H)``.
            memory: ``(B, S, M)``.
            keys: ``(B, S, H)``.
            there: booleans ``(B, S)``, false at padding of the source; None where there is none.

        Returns:
            h̃ ``(T, B, H)``.
        """
        scores = self._scores(xp, p, hs, keys)  # (B, T, S)
        weights = softmax(xp, scores, None if there is None else there[:, None, :])
        read = xp.permute_dims(weights @ memory, (1, 0, 2))  # (T, B, M)
        return xp.tanh(product(xp, xp.concat([hs, read], axis=-1), p["w_c"]))

    def _scores(self, xp: Namespace, p: Group, hs: Array, keys: Array) -> Array:
        if self.score == "dot":
            return xp.permute_dims(hs, (1, 0, 2)) @ xp.permute_dims(keys, (0, 2, 1))
        queries = xp.permute_dims(product(xp, hs, p["w_q"]), (1, 0, 2))  # (B, T, H)
        known = xp.tanh(queries[:, :, None, :] + keys[:, None, :, :])  # (B, T, S, H)
        return xp.sum(known * p["v"][0], axis=-1)


@dataclass(frozen=True)
class AttendingCell(Cell):
    """Input feeding: s' = cell([x; h̃], s) and then h̃' = attention(h'), h' being the cell's output.

    Luong, Pham & Manning, "Effective approaches to attention-based neural machine translation",
    EMNLP 2015, section 3.3. The output is h̃ ``(B, H)``, which stands behind the cell's own state.
    Parameters: those of the cell for inputs of width I + H, and those of the attention.

    Attributes:
        cell: the recurrence.
        attention: what is read after each step.
    """

    name: ClassVar[str] = "attending"
    gates: ClassVar[tuple[str, ...]] = ()
    context: ClassVar[tuple[str, ...]] = ("memory", "keys", "there")

    cell: Cell
    attention: MemoryAttention

    @property
    def state(self) -> tuple[str, ...]:  # type: ignore[override]  # the cell decides it
        """The parts of the cell's state, and h̃."""
        return *self.cell.state, "h̃"

    def shapes(self, inputs: int, hidden: int) -> Shapes:
        """Return those of the cell and of the attention."""
        own = {f"{PREFIX}{name}": shape for name, shape in self.attention.shapes.items()}
        return self.cell.shapes(inputs + hidden, hidden) | own

    def state_shapes(self, hidden: int) -> tuple[tuple[int, ...], ...]:
        """Return those of the cell, and ``(H,)``."""
        return *self.cell.state_shapes(hidden), (hidden,)

    def zero_state(self, batch: int, hidden: int) -> State:
        """Return the cell's first state, and zeros."""
        return *self.cell.zero_state(batch, hidden), np.zeros((batch, hidden))

    def initial(self, rng: np.random.Generator, inputs: int, hidden: int) -> dict[str, np.ndarray]:
        """Draw the cell's parameters and then the attention's."""
        drawn = self.cell.initial(rng, inputs + hidden, hidden)
        return drawn | {f"{PREFIX}{n}": array for n, array in self.attention.initial(rng).items()}

    def step(self, xp: Namespace, p: Group, x: Array, state: State, *context: Array) -> State:
        """Map ``x (B, I)`` and the state to the new one; see :meth:`MemoryAttention.read`."""
        *own, told = state
        new = self.cell.step(xp, p, xp.concat([x, told], axis=-1), tuple(own))
        attention = {n: p[f"{PREFIX}{n}"] for n in self.attention.shapes}
        h = self.cell.output(xp, new)
        return *new, self.attention.read(xp, attention, h[None], *context)[0]

    def output(self, xp: Namespace, state: State) -> Array:
        """Return h̃."""
        return state[-1]
