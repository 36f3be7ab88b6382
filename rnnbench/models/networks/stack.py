"""Layers one upon the other: an embedding, recurrent layers and a read-out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from rnnbench.models.arrays.namespace import Array
from rnnbench.models.arrays.trees import Batch
from rnnbench.models.cell import Cell
from rnnbench.models.layers.bidirectional import Bidirectional
from rnnbench.models.layers.dense import Dense
from rnnbench.models.layers.dropout import Dropout
from rnnbench.models.layers.embedding import Embedding
from rnnbench.models.layers.pooling import AttentionPooling, MeanPooling
from rnnbench.models.layers.recurrent import Layer
from rnnbench.models.network import Memory, Network, Spec
from rnnbench.models.padding import last
from rnnbench.models.part import Part, Run


@dataclass(frozen=True)
class Stack(Network):
    """A recurrent network with one cell throughout.

    x_t = E[token_t], or one-hot(token_t), or the input itself
    h_t = layer_n(... layer_1(x_t))
    y_t = h_t W + b, at every step or once

    Attributes:
        bidirectional: two layers in place of each, in both directions, their outputs beside each
            other (``concat``) or added (``sum``); see
            :class:`~rnnbench.models.layers.bidirectional.Bidirectional`.
        residual: each layer but the first adds to its input (He et al., "Deep residual learning for
            image recognition", CVPR 2016).
        dropout: the share of values that are left out between two layers in training.
        pool: what one output is read from: the ``last`` step (of two directions: where each of the
            top layer ends), the ``mean`` of all, or an ``attention`` to them.
    """

    name: ClassVar[str] = "stack"
    solves: ClassVar[frozenset[str]] = frozenset({"every", "one"})

    bidirectional: Literal["no", "concat", "sum"] = "no"
    residual: bool = False
    dropout: Annotated[float, Meta(ge=0, lt=1)] = 0.0
    pool: Literal["last", "mean", "attention"] = "last"

    @property
    def causal(self) -> bool:
        """Whether it reads its input in one direction."""
        return self.bidirectional == "no"

    def unused(self, spec: Spec) -> Mapping[str, str]:
        """Return what is between layers of one layer, and a pooling of outputs at every step."""
        between = ("residual", "dropout") if spec.layers == 1 else ()
        pooling = ("pool",) if spec.problem.targets != "one" else ()
        return dict.fromkeys(between, "with one layer") | dict.fromkeys(
            pooling, "with outputs at every step"
        )

    def parts(self, spec: Spec) -> Mapping[str, Part]:
        """Return ``embedding`` if there is one, ``layers.0`` and those above it, ``readout``.

        Beside these ``dropout.0``, which is above ``layers.0``, and others, and ``pool``.
        """
        vocabulary, width = spec.problem.inputs, spec.embedding
        found: dict[str, Part] = {"embedding": Embedding(vocabulary, width)} if width else {}
        inputs, outputs = width or vocabulary, self._width(spec)
        for k in range(spec.layers):
            found[f"layers.{k}"] = self._layer(spec, outputs if k else inputs)
            if self.dropout and k < spec.layers - 1:
                found[f"dropout.{k}"] = Dropout(outputs, self.dropout)
        if spec.problem.targets == "one" and self.pool != "last":
            found["pool"] = MeanPooling() if self.pool == "mean" else AttentionPooling(outputs)
        return found | {"readout": Dense(outputs, spec.problem.outputs)}

    def decode(self, run: Run, spec: Spec, memory: Memory, batch: Batch) -> Array:
        """Run the layers from the input up, and read out."""
        xs = self._embed(run, spec, batch.inputs)
        for k in range(spec.layers):
            ys, final = run(f"layers.{k}", xs, lengths=batch.lengths)
            ys = xs + ys if self.residual and k else ys
            xs = run(f"dropout.{k}", ys) if self.dropout and k < spec.layers - 1 else ys
        return run("readout", self._pooled(run, spec, xs, final, batch.lengths))

    def _pooled(self, run: Run, spec: Spec, xs: Array, final: Any, lengths: Array | None) -> Array:
        """Return what is read out: all steps, or one vector for them."""
        if spec.problem.targets != "one":
            return xs
        if self.pool != "last":
            return run("pool", xs, lengths=lengths)
        return last(run.xp, xs, lengths) if self.bidirectional == "no" else final

    def _layer(self, spec: Spec, inputs: int) -> Part:
        cell: Cell = spec.cell  # type: ignore[assignment]  # Model sees to it
        if self.bidirectional == "no":
            return Layer(cell, inputs, spec.hidden)
        return Bidirectional(cell, inputs, spec.hidden, self.bidirectional)

    def _width(self, spec: Spec) -> int:
        return spec.hidden * (2 if self.bidirectional == "concat" else 1)

    def _embed(self, run: Run, spec: Spec, inputs: Array) -> Array:
        if not spec.problem.tokens:
            return inputs
        if spec.embedding:
            return run("embedding", inputs)  # (T, B, E)
        first = "layers.0" if self.bidirectional == "no" else "layers.0.forward"
        like = run.child(first).state[0]
        return run.xp.one_hot(inputs, spec.problem.inputs, like=like)  # (T, B, V)
