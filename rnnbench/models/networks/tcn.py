"""Temporal convolutional networks: dilated causal convolutions in residual blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from msgspec import Meta

from rnnbench.models.arrays.array_functions import Array
from rnnbench.models.arrays.trees import Batch
from rnnbench.models.layers.convolution import CausalConvolution
from rnnbench.models.layers.dense import Dense
from rnnbench.models.layers.dropout import Dropout
from rnnbench.models.network import Memory, Network, Spec
from rnnbench.models.network_part import Part, Run
from rnnbench.models.networks.inputs import embedding_of, features, width_of
from rnnbench.models.padding import last


@dataclass(frozen=True)
class TCNBlock(Part):
    """y = relu(x W_m + f(f(x))) with f(x) = dropout(relu(convolution(x))).

    Bai, Kolter & Koltun, arXiv 1803.01271, figure 1b, without its weight normalization. There is a
    W_m where x and y differ in width.

    Attributes:
        inputs: features of x ``(T, B, I)``.
        hidden: those of y ``(T, B, H)``.
        width: steps that a convolution sees.
        dilation: from each of these to the one before it.
        dropout: the share of values that are left out in training.
    """

    inputs: int
    hidden: int
    width: int
    dilation: int
    dropout: float

    @property
    def parts(self) -> Mapping[str, Part]:
        """Return ``first`` and ``second``, with a ``dropout`` each, and ``match`` for W_m."""
        found: dict[str, Part] = {}
        for name, inputs in (("first", self.inputs), ("second", self.hidden)):
            found[name] = CausalConvolution(inputs, self.hidden, self.width, self.dilation)
            if self.dropout:
                found[f"{name}.dropout"] = Dropout(self.hidden, self.dropout)
        if self.inputs != self.hidden:
            found["match"] = Dense(self.inputs, self.hidden, bias=False)
        return found

    def apply(self, run: Run, xs: Array, lengths: Array | None = None) -> Array:
        """Map ``(T, B, I)`` to ``(T, B, H)``; ``lengths (B,)`` tell what is padding."""
        ys = xs
        for name in ("first", "second"):
            ys = run.xp.relu(run(name, ys, lengths=lengths))
            ys = run(f"{name}.dropout", ys) if self.dropout else ys
        return run.xp.relu(ys + (xs if self.inputs == self.hidden else run("match", xs)))


@dataclass(frozen=True)
class TCN(Network):
    """A temporal convolutional network: each output sees as many steps back as it has levels for.

    Bai, Kolter & Koltun, "An empirical evaluation of generic convolutional and recurrent networks
    for sequence modeling", arXiv 1803.01271. A layer is made of residual blocks, each with longer
    gaps than the one below it:

        layer = block_n(... block_1(block_0(x)))    block_i = TCNBlock of dilation growth^i
        y_t = h_t W + b, at every step or at the last

    With the defaults a layer sees 2 (K-1) Σ growth^i = 124 steps back.

    Attributes:
        width: K, the steps that a convolution sees.
        levels: the blocks of a layer.
        growth: how many times longer the gaps of a block are than those of the one below it.
        dropout: the share of values that are left out behind each convolution in training.
    """

    name: ClassVar[str] = "tcn"
    solves: ClassVar[frozenset[str]] = frozenset({"every", "one"})
    uses_cell: ClassVar[bool] = False

    width: Annotated[int, Meta(ge=2, le=1000)] = 3
    levels: Annotated[int, Meta(ge=1, le=20)] = 5
    growth: Annotated[int, Meta(ge=1, le=10)] = 2
    dropout: Annotated[float, Meta(ge=0, lt=1)] = 0.0

    def unused(self, spec: Spec) -> Mapping[str, str]:
        """Return what is between levels of one level."""
        return {"growth": "with one level"} if self.levels == 1 else {}

    def parts(self, spec: Spec) -> Mapping[str, Part]:
        """Return ``embedding`` if there is one, ``layers.0.blocks.0`` and so on, ``readout``."""
        found, inputs = embedding_of(spec), width_of(spec)
        for name, level in self._blocks(spec):
            found[name] = TCNBlock(
                inputs, spec.hidden, self.width, self.growth**level, self.dropout
            )
            inputs = spec.hidden
        return found | {"readout": Dense(spec.hidden, spec.problem.outputs)}

    def decode(self, run: Run, spec: Spec, memory: Memory, batch: Batch) -> Array:
        """Run the blocks from the input up, and read out."""
        names = [name for name, _ in self._blocks(spec)]
        (like,) = run.child(f"{names[0]}.first").state
        xs = features(run, spec, batch.inputs, like)
        for name in names:
            xs = run(name, xs, lengths=batch.lengths)
        if spec.problem.targets == "one":
            xs = last(run.xp, xs, batch.lengths)
        return run("readout", xs)

    def _blocks(self, spec: Spec) -> list[tuple[str, int]]:
        """Return the path of each block and its level, from the input up."""
        levels = range(self.levels)
        return [(f"layers.{k}.blocks.{i}", i) for k in range(spec.layers) for i in levels]
