"""Layers one upon the other: an embedding, recurrent layers and a read-out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from rnnbench.models.layers.dense import Dense
from rnnbench.models.layers.embedding import Embedding
from rnnbench.models.layers.recurrent import Layer
from rnnbench.models.namespace import Array
from rnnbench.models.network import Memory, Network, Spec
from rnnbench.models.padding import last
from rnnbench.models.part import Part, Run
from rnnbench.models.trees import Batch


@dataclass(frozen=True)
class Stack(Network):
    """A recurrent network with one cell throughout.

    x_t = E[token_t], or one-hot(token_t), or the input itself
    h_t = layer_n(... layer_1(x_t))
    y_t = h_t W + b, at every step or at the last
    """

    name: ClassVar[str] = "stack"
    solves: ClassVar[frozenset[str]] = frozenset({"every", "one"})

    def parts(self, spec: Spec) -> Mapping[str, Part]:
        """Return ``embedding`` if there is one, ``layers.0`` and those above it, ``readout``."""
        vocabulary, width = spec.problem.inputs, spec.embedding
        embedding: dict[str, Part] = {"embedding": Embedding(vocabulary, width)} if width else {}
        widths = [width or vocabulary] + [spec.hidden] * (spec.layers - 1)
        layers = {
            f"layers.{k}": Layer(spec.cell, inputs, spec.hidden)  # type: ignore[arg-type]
            for k, inputs in enumerate(widths)
        }
        return embedding | layers | {"readout": Dense(spec.hidden, spec.problem.outputs)}

    def decode(self, run: Run, spec: Spec, memory: Memory, batch: Batch) -> Array:
        """Run the layers from the input up, and read out."""
        xs = self._embed(run, spec, batch.inputs)
        for k in range(spec.layers):
            xs, _ = run(f"layers.{k}", xs, lengths=batch.lengths)
        if spec.problem.targets == "one":
            xs = xs[-1] if batch.lengths is None else last(run.xp, xs, batch.lengths)
        return run("readout", xs)

    def _embed(self, run: Run, spec: Spec, inputs: Array) -> Array:
        if not spec.problem.tokens:
            return inputs
        if spec.embedding:
            return run("embedding", inputs)  # (T, B, E)
        like = run.child("layers.0").state[0]
        return run.xp.one_hot(inputs, spec.problem.inputs, like=like)  # (T, B, V)
