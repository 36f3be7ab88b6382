"""Layers one upon the other: an embedding, recurrent layers and a read-out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from rnnbench.models.layers.dense import Dense
from rnnbench.models.layers.embedding import Embedding
from rnnbench.models.layers.recurrent import Layer
from rnnbench.models.namespace import Array
from rnnbench.models.network import Flops, Memory, Network, Spec
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
            f"layers.{k}": Layer(spec.cell, inputs, spec.hidden) for k, inputs in enumerate(widths)
        }
        return embedding | layers | {"readout": Dense(spec.hidden, spec.problem.outputs)}

    def flops(self, spec: Spec, steps: int, batch: int) -> Flops:
        """Return the operations over ``T`` steps and ``B`` examples: what the equations need.

            forward    = B (T Σ cell.flops(I_k, H) + P 2 H O)
            train_step = 3 forward - B T (cell.flops(I_1, H) - cell.flops(0, H))

        ``I_k`` is the width of what feeds layer ``k``, ``P`` the number of steps read out. The
        gradients of the weights cost as much as the forward pass, and so do those of the inputs,
        but that real and one-hot inputs need none; with an embedding nothing is subtracted.
        One-hot tokens are multiplied like real inputs; looking up an embedding costs nothing.
        """
        cell, problem, hidden = spec.cell, spec.problem, spec.hidden
        widths = [part.inputs for part in self.parts(spec).values() if isinstance(part, Layer)]
        layers = sum(cell.flops(width, hidden) for width in widths)
        positions = 1 if problem.targets == "one" else steps
        forward = batch * (steps * layers + positions * 2 * hidden * problem.outputs)
        of_inputs = cell.flops(problem.inputs, hidden) - cell.flops(0, hidden)
        spared = 0 if spec.embedding else batch * steps * of_inputs
        return Flops(forward, 3 * forward - spared)

    def decode(self, run: Run, spec: Spec, memory: Memory, batch: Batch) -> Array:
        """Run the layers from the input up, and read out."""
        xs = self._embed(run, spec, batch.inputs)
        for k in range(spec.layers):
            xs, _ = run(f"layers.{k}", xs)
        return run("readout", xs[-1] if spec.problem.targets == "one" else xs)

    def _embed(self, run: Run, spec: Spec, inputs: Array) -> Array:
        if not spec.problem.tokens:
            return inputs
        if spec.embedding:
            return run("embedding", inputs)  # (T, B, E)
        like = run.child("layers.0").state[0]
        return run.xp.one_hot(inputs, spec.problem.inputs, like=like)  # (T, B, V)
