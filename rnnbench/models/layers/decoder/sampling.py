"""Scheduled sampling: a decoder that is told the target before, or what it said itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from rnnbench.models.arrays.array_functions import Array, Namespace, State
from rnnbench.models.cell import Cell, Group, Shapes
from rnnbench.models.layers.decoder.memory_attention import MemoryAttention
from rnnbench.models.layers.dense import Dense
from rnnbench.models.layers.recurrent import Layer
from rnnbench.models.network_part import Extent, Part, Run


@dataclass(frozen=True)
class Coins(Part):
    """One coin for each step of each target: with probability ε it says that the target is told.

        ε = 1 - (1 - end) min(1, k / steps) in training step k

    The linear schedule of Bengio et al., "Scheduled sampling for sequence prediction with recurrent
    neural networks", NeurIPS 2015, section 2.4. Coins are drawn by the core and come with the
    batch, the same for every backend; in evaluation there are none, and all is told.

    Attributes:
        end: ε in the end.
        steps: the training steps until then; 0 for ``end`` from the first on.
    """

    end: float
    steps: int

    def noise(self, extent: Extent) -> tuple[tuple[int, ...], float]:
        """Want a coin for every step of the targets ``(T, B)``."""
        fallen = min(1.0, extent.number / self.steps) if self.steps else 1.0
        return (extent.targets, extent.batch), 1 - (1 - self.end) * fallen

    def apply(self, run: Run, told: Array) -> Array:
        """Return 1 where ``told (T, B, O)`` is to be told, else 0: ``(T, B, 1)``."""
        ones = run.xp.ones_like(told[..., :1])
        if run.noise is None:
            return ones
        return run.xp.where(run.noise[..., None], ones, run.xp.zeros_like(ones))


@dataclass(frozen=True)
class SamplingCell(Cell):
    """A decoder as one cell, with what surrounds its layers inside: what it says is told it next.

        u_t = target_t-1, if the coin says so, else said_t-1
        h_t = layers(D[u_t]), with attention after it if there is one
        y_t = h_t W + b
        said_t = the token with the largest y_t; of numbers, y_t

    No gradient passes through the choice of a token; through numbers it does. The input is
    [target; coin; factors]: the target one-hot or numbers ``(B, O)``, the coin 1 or 0 ``(B, 1)``,
    and what dropout multiplies the output of each layer but the last by, ``(B, H)`` each. The
    output is y ``(B, O)``, which stands behind the layers' states.

    Attributes:
        pieces: the parts of the decoder by name, in the order in which they are drawn: an
            embedding D or none, every :class:`Layer`, a :class:`MemoryAttention` or none, and the
            read-out. Their parameters bear the name of their piece before their own.
        tokens: whether y are logits.
        dropout: whether there are factors.
    """

    name: ClassVar[str] = "sampling"
    gates: ClassVar[tuple[str, ...]] = ()

    pieces: tuple[tuple[str, Part], ...]
    tokens: bool
    dropout: bool = False

    @property
    def context(self) -> tuple[str, ...]:  # type: ignore[override]  # the attention decides it
        """The memory's, if some piece attends to one."""
        attends = any(isinstance(part, MemoryAttention) for _, part in self.pieces)
        inner = [layer.cell.context for _, layer in self._layers() if layer.cell.context]
        return ("memory", "keys", "there") if attends or inner else ()

    @property
    def state(self) -> tuple[str, ...]:  # type: ignore[override]  # the layers decide it
        """The parts of all layers' states, and y."""
        return (*(f"{n}.{part}" for n, layer in self._layers() for part in layer.cell.state), "y")

    def shapes(self, inputs: int, hidden: int) -> Shapes:
        """Return those of all pieces."""
        return {
            f"{prefix(piece)}{name}": shape
            for piece, part in self.pieces
            for name, shape in part.shapes.items()
        }

    def initial(self, rng: np.random.Generator, inputs: int, hidden: int) -> dict[str, np.ndarray]:
        """Draw piece after piece, as if each were a part of its own."""
        drawn = ((piece, part.initial(rng)) for piece, part in self.pieces if part.shapes)
        return {f"{prefix(piece)}{n}": a for piece, group in drawn for n, a in group.items()}

    def state_shapes(self, hidden: int) -> tuple[tuple[int, ...], ...]:
        """Return those of the layers, and ``(O,)``."""
        own = [shape for _, layer in self._layers() for shape in layer.state_shapes]
        return *own, (self._readout.outputs,)

    def zero_state(self, batch: int, hidden: int) -> State:
        """Return the layers' first states, and zeros."""
        own = [part for _, layer in self._layers() for part in layer.zero_state(batch)]
        return *own, np.zeros((batch, self._readout.outputs))

    def step(self, xp: Namespace, p: Group, x: Array, state: State, *context: Array) -> State:
        """Map ``x (B, O + 1 + factors)`` and the state to the new one."""
        left, said, size = list(state[:-1]), state[-1], self._readout.outputs
        told, coin, factors = x[:, :size], x[:, size : size + 1], x[:, size + 1 :]
        h = xp.where(coin > 0.5, told, likeliest(xp, said) if self.tokens else said)
        new: list[Array] = []
        for piece, part in self.pieces:
            own = {name: p[f"{prefix(piece)}{name}"] for name in part.shapes}
            if isinstance(part, Layer):
                if new and self.dropout:
                    h, factors = h * factors[:, : part.inputs], factors[:, part.inputs :]
                before, left = left[: len(part.cell.state)], left[len(part.cell.state) :]
                after = part.cell.step(xp, own, h, tuple(before), *of(part.cell, context))
                new += after
                h = part.cell.output(xp, after)
            elif isinstance(part, MemoryAttention):
                h = part.read(xp, own, h[None], *context)[0]
            else:
                h = h @ own["w"] + own["b"] if isinstance(part, Dense) else h @ own["w"]
        return *new, h

    def output(self, xp: Namespace, state: State) -> Array:
        """Return y."""
        return state[-1]

    def _layers(self) -> Iterator[tuple[str, Layer]]:
        return ((name, part) for name, part in self.pieces if isinstance(part, Layer))

    @property
    def _readout(self) -> Dense:
        last: Any = self.pieces[-1][1]
        readout: Dense = last
        return readout


def sampling_layer(pieces: Mapping[str, Part], tokens: bool, dropout: bool) -> Layer:
    """Return a decoder of pieces as one layer; see :class:`SamplingCell`."""
    cell = SamplingCell(tuple(pieces.items()), tokens, dropout)
    (_, first), *others = cell._layers()
    factors = sum(layer.inputs for _, layer in others) if dropout else 0
    return Layer(cell, cell._readout.outputs + 1 + factors, first.hidden)


def prefix(piece: str) -> str:
    """Return what the names of a piece's parameters begin with."""
    return piece.replace(".", "_") + "_"


def of(cell: Cell, context: tuple[Array, ...]) -> tuple[Array, ...]:
    """Return the context, if a cell takes any."""
    return context if cell.context else ()


def likeliest(xp: Namespace, logits: Array) -> Array:
    """Return the token with the largest logit as one-hot ``(B, O)``; of several, the first."""
    size, zeros = logits.shape[-1], xp.zeros_like(logits)
    places = zeros + xp.arange(size, like=logits)
    largest = logits >= xp.max(logits, axis=-1, keepdims=True)
    first = -xp.max(xp.where(largest, -places, zeros - size), axis=-1, keepdims=True)
    return xp.where((places >= first) & (places <= first), xp.ones_like(logits), zeros)
