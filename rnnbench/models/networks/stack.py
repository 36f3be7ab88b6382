"""Layers one upon the other: an embedding, recurrent layers and a read-out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from rnnbench.models.arrays.array_functions import Array
from rnnbench.models.arrays.trees import Batch
from rnnbench.models.cell import Cell
from rnnbench.models.layers.bidirectional import Bidirectional
from rnnbench.models.layers.convolution import CausalConvolution
from rnnbench.models.layers.dense import Dense
from rnnbench.models.layers.dropout import Dropout
from rnnbench.models.layers.pooling import Pool, pooled, pooling
from rnnbench.models.layers.recurrent import Layer
from rnnbench.models.network import Memory, Network, Spec
from rnnbench.models.network_part import Part, Run
from rnnbench.models.networks.inputs import embedding_of, features, width_of


@dataclass(frozen=True)
class Stack(Network):
    """A recurrent network with one cell throughout.

    x_t = E[token_t], or one-hot(token_t), or the input itself
    h_t = layer_n(... layer_1(x_t))
    y_t = h_t W + b, at every step or once

    With a convolution the layers are fed relu(Σ_k x_{t-k} W_k + b), k = 0 … K-1, of H features.

    Attributes:
        bidirectional: two layers in place of each, in both directions, their outputs beside each
            other (``concat``) or added (``sum``); see
            :class:`~rnnbench.models.layers.bidirectional.Bidirectional`.
        residual: each layer but the first adds to its input (He et al., "Deep residual learning for
            image recognition", CVPR 2016).
        dropout: the share of values that are left out between two layers in training.
        pool: what one output is read from: the ``last`` step (of two directions: where each of the
            top layer ends), the ``mean`` of all, or an ``attention`` to them.
        convolution: K, the steps that a convolution in front of the layers sees; 0 for none. See
            :class:`~rnnbench.models.layers.convolution.CausalConvolution`.
    """

    name: ClassVar[str] = "stack"
    solves: ClassVar[frozenset[str]] = frozenset({"every", "one"})

    bidirectional: Literal["no", "concat", "sum"] = "no"
    residual: bool = False
    dropout: Annotated[float, Meta(ge=0, lt=1)] = 0.0
    pool: Pool = "last"
    convolution: Annotated[int, Meta(ge=0, le=1000, description="0 for none")] = 0

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

        Beside these ``convolution``, ``dropout.0``, which is above ``layers.0``, and others, and
        ``pool``.
        """
        found, inputs, outputs = embedding_of(spec), width_of(spec), self._width(spec)
        if self.convolution:
            found["convolution"] = CausalConvolution(inputs, spec.hidden, self.convolution)
            inputs = spec.hidden
        for k in range(spec.layers):
            found[f"layers.{k}"] = self._layer(spec, outputs if k else inputs)
            if self.dropout and k < spec.layers - 1:
                found[f"dropout.{k}"] = Dropout(outputs, self.dropout)
        found |= pooling(self.pool, spec.problem.targets, outputs)
        return found | {"readout": Dense(outputs, spec.problem.outputs)}

    def decode(self, run: Run, spec: Spec, memory: Memory, batch: Batch) -> Array:
        """Run the layers from the input up, and read out."""
        xs = features(run, spec, batch.inputs, self._like(run))
        if self.convolution:
            xs = run.xp.relu(run("convolution", xs, lengths=batch.lengths))
        for k in range(spec.layers):
            ys, final = run(f"layers.{k}", xs, lengths=batch.lengths)
            ys = xs + ys if self.residual and k else ys
            xs = run(f"dropout.{k}", ys) if self.dropout and k < spec.layers - 1 else ys
        return run("readout", self._pooled(run, spec, xs, final, batch.lengths))

    def _pooled(self, run: Run, spec: Spec, xs: Array, final: Any, lengths: Array | None) -> Array:
        """Return what is read out: all steps, or one vector for them."""
        if spec.problem.targets != "one":
            return xs
        if self.pool == "last" and self.bidirectional != "no":
            return final
        return pooled(run, self.pool, xs, lengths)

    def _layer(self, spec: Spec, inputs: int) -> Part:
        cell: Cell = spec.cell  # type: ignore[assignment]  # Model sees to it
        if self.bidirectional == "no":
            return Layer(cell, inputs, spec.hidden)
        return Bidirectional(cell, inputs, spec.hidden, self.bidirectional)

    def _width(self, spec: Spec) -> int:
        return spec.hidden * (2 if self.bidirectional == "concat" else 1)

    def _like(self, run: Run) -> Array:
        """Return an array of the dtype in which it computes."""
        first = "layers.0" if self.bidirectional == "no" else "layers.0.forward"
        return run.child(first).state[0]
