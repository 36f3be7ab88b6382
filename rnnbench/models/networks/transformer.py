"""The Transformer: self-attention where recurrent networks have a state."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from msgspec import Meta

from rnnbench.errors import UsageError
from rnnbench.models.arrays.array_functions import Array, Namespace
from rnnbench.models.arrays.trees import Batch
from rnnbench.models.layers.attention import SelfAttention
from rnnbench.models.layers.clock import Clock
from rnnbench.models.layers.dense import Dense
from rnnbench.models.layers.dropout import Dropout
from rnnbench.models.layers.embedding import Embedding
from rnnbench.models.layers.normalization import LayerNorm
from rnnbench.models.layers.pooling import Pool, pooled, pooling
from rnnbench.models.network import Memory, Network, Spec
from rnnbench.models.network_part import Part, Run
from rnnbench.models.padding import mask_of, turned


@dataclass(frozen=True)
class TransformerBlock(Part):
    """z = x + attention(norm(x)), y = z + gelu(norm(z) W_1 + b_1) W_2 + b_2.

    Normalized first: Xiong et al., "On layer normalization in the Transformer architecture", ICML
    2020. What is added to x and to z goes through dropout.

    Attributes:
        width: H, features of x and of y; there are 4H between W_1 and W_2.
        heads: those of the attention.
        window: how many earlier steps it remembers from batch to batch.
        dropout: the share of values that are left out in training.
    """

    width: int
    heads: int
    window: int
    dropout: float

    @property
    def parts(self) -> Mapping[str, Part]:
        """Return the parts in the order in which they are run."""
        found: dict[str, Part] = {
            "attention.norm": LayerNorm(self.width),
            "attention": SelfAttention(self.width, self.heads, self.window),
            "mlp.norm": LayerNorm(self.width),
            "mlp.up": Dense(self.width, 4 * self.width),
            "mlp.down": Dense(4 * self.width, self.width),
        }
        if self.dropout:
            for name in ("attention.dropout", "mlp.dropout"):
                found[name] = Dropout(self.width, self.dropout)
        return found

    def apply(
        self, run: Run, xs: Array, seen: Array | None = None, lengths: Array | None = None
    ) -> Array:
        """Map ``(T, B, H)`` to ``(T, B, H)``; ``seen``, ``lengths`` as for the attention."""
        mixed = run("attention", run("attention.norm", xs), seen, lengths=lengths)
        xs = xs + self._dropped(run, "attention.dropout", mixed)
        inner = run.xp.gelu(run("mlp.up", run("mlp.norm", xs)))
        return xs + self._dropped(run, "mlp.dropout", run("mlp.down", inner))

    def _dropped(self, run: Run, name: str, xs: Array) -> Array:
        return run(name, xs) if self.dropout else xs


@dataclass(frozen=True)
class Transformer(Network):
    """A Transformer, decoder or encoder.

    Vaswani et al., "Attention is all you need", NeurIPS 2017: what recurrent networks are held
    against.

        x_t = u_t W_u + b_u + place_t, or E[token_t] + place_t
        h_t = norm(block_n(... block_1(x_t)))
        y_t = h_t W + b, at every step or once

    Without an embedding of a width of its own a token's vector is as wide as a layer.

    Attributes:
        heads: into how many each layer splits its units; 0 for 4, or fewer if 4 can't share them.
        causal: whether a step sees none after it (a decoder), or all there are (an encoder, for one
            target). A causal one that is carried from batch to batch is a stream of steps, each of
            which sees ``window`` steps before it; otherwise each batch is a sequence of its own.
        window: see there.
        dropout: the share of values that are left out in training, of what each half of a block
            adds.
        pool: what one output is read from: the ``last`` step, the ``mean`` of all, or an
            ``attention`` to them.
    """

    name: ClassVar[str] = "transformer"
    solves: ClassVar[frozenset[str]] = frozenset({"every", "one"})
    uses_cell: ClassVar[bool] = False

    heads: Annotated[int, Meta(ge=0, le=1000, description="0 for 4, or fewer")] = 0
    causal: bool = True
    window: Annotated[int, Meta(ge=1, le=100_000)] = 64
    dropout: Annotated[float, Meta(ge=0, lt=1)] = 0.0
    pool: Pool = "last"

    def unused(self, spec: Spec) -> Mapping[str, str]:
        """Return a window where nothing is remembered, a pooling of outputs at every step ..."""
        usual = self.heads and self.heads == self._heads(spec, 0)
        heads = {"heads": "as there are so many anyway"} if usual else {}
        window = {} if self._window(spec) else {"window": "where each batch begins anew"}
        every = {"pool": "with outputs at every step"} if spec.problem.targets != "one" else {}
        return heads | window | every

    def parts(self, spec: Spec) -> Mapping[str, Part]:
        """Return ``embedding``, ``inputs``, ``clock``, ``blocks.0`` and so on, ``readout``.

        Raises:
            UsageError: if the heads can't share the units.
        """
        width, heads = spec.hidden, self._heads(spec, self.heads)
        if width % heads:
            raise UsageError(f"transformer.heads: {heads} heads can't share {width} units evenly")
        window, found = self._window(spec), self._inputs(spec)
        found["clock"] = Clock(width, window)
        for k in range(spec.layers):
            found[f"blocks.{k}"] = TransformerBlock(width, heads, window, self.dropout)
        found |= {"norm": LayerNorm(width), **pooling(self.pool, spec.problem.targets, width)}
        return found | {"readout": Dense(width, spec.problem.outputs)}

    def decode(self, run: Run, spec: Spec, memory: Memory, batch: Batch) -> Array:
        """Run the blocks from the input up, and read out."""
        xs, lengths = self._features(run, spec, batch), batch.lengths
        places, there = run("clock", xs, lengths=lengths)
        seen, xs = self._seen(run.xp, xs, there, lengths), xs + places
        for k in range(spec.layers):
            xs = run(f"blocks.{k}", xs, seen, lengths=lengths)
        xs = run("norm", xs)
        if spec.problem.targets == "one":
            xs = pooled(run, self.pool, xs, lengths)
        return run("readout", xs)

    def _heads(self, spec: Spec, asked: int) -> int:
        """Return how many heads there are, unless told as many of 4 as can share the units."""
        return asked or math.gcd(4, spec.hidden)

    def _window(self, spec: Spec) -> int:
        """Return how many earlier steps are remembered from batch to batch."""
        return self.window if self.causal and spec.carried else 0

    def _inputs(self, spec: Spec) -> dict[str, Part]:
        """Return ``embedding`` for tokens, and ``inputs`` where their vectors are not as wide."""
        found: dict[str, Part] = {}
        inputs = spec.problem.inputs
        if spec.problem.tokens:
            found["embedding"] = Embedding(inputs, spec.embedding or spec.hidden)
            inputs = spec.embedding or spec.hidden
        if not spec.problem.tokens or inputs != spec.hidden:
            found["inputs"] = Dense(inputs, spec.hidden)
        return found

    def _features(self, run: Run, spec: Spec, batch: Batch) -> Array:
        """Return the inputs as wide as a layer, ``(T, B, H)``."""
        xs = run("embedding", batch.inputs) if spec.problem.tokens else batch.inputs
        return run("inputs", xs) if "inputs" in self._inputs(spec) else xs

    def _seen(
        self, xp: Namespace, xs: Array, there: Array | None, lengths: Array | None
    ) -> Array | None:
        """Return which step sees which: booleans ``(B or 1, 1, T or 1, W+T)``, None for all.

        Padding stands behind all that a causal step sees.
        """
        steps = xs.shape[0]
        if not self.causal:
            mask = None if lengths is None else mask_of(xp, steps, lengths)
            return None if mask is None else turned(xp, mask)[:, None, None]
        window = 0 if there is None else there.shape[0] - steps
        column, row = xp.arange(window + steps, like=xs), xp.arange(steps, like=xs)[:, None]
        past = column <= row + window
        if there is None:
            return past[None, None]
        return turned(xp, there)[:, None, None] & past & (column >= row)
