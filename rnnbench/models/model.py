"""Models: cells composed with an embedding, layers and a read-out, written once over ``xp``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from rnnbench.models.cell import Cell
from rnnbench.models.layer import Layer, Ops
from rnnbench.models.losses import LOSSES
from rnnbench.models.namespace import Array, Namespace
from rnnbench.models.trees import Batch, Native, Params, States


class Flops(NamedTuple):
    """Floating-point operations of matrix products, counted as :meth:`Cell.flops` says.

    Attributes:
        forward: those of one forward pass.
        train_step: those of one training step, without the optimizer's.
    """

    forward: int
    train_step: int


@dataclass(frozen=True)
class Model:
    """A recurrent network with one cell throughout.

        x_t = E[token_t], or one-hot(token_t), or the input itself
        h_t = layer_n(... layer_1(x_t))
        y_t = h_t W + b, at every step or at the last

    Attributes:
        cell: the recurrence.
        inputs: features per step, or the size of the vocabulary where ``tokens`` is set.
        outputs: the size ``O`` of the read-out.
        hidden: units ``H`` of each layer.
        layers: how many are stacked.
        tokens: the inputs are integers.
        embedding: the width of the embedding of tokens; 0 feeds them one-hot.
        readout: at ``every`` step, or at the ``last`` one.
        loss: ``mse``, or ``cross-entropy`` in nats over class indices; the mean over all positions.
    """

    cell: Cell
    inputs: int
    outputs: int
    hidden: int
    layers: int = 1
    tokens: bool = False
    embedding: int = 0
    readout: Literal["last", "every"] = "every"
    loss: Literal["mse", "cross-entropy"] = "mse"

    @property
    def stack(self) -> tuple[Layer, ...]:
        """The layers from the input up."""
        first = self.embedding or self.inputs
        widths = (first,) + (self.hidden,) * (self.layers - 1)
        return tuple(Layer(self.cell, width, self.hidden) for width in widths)

    def flops(self, steps: int, batch: int) -> Flops:
        """Return the operations over ``T`` steps and ``B`` examples: what the equations need.

            forward    = B (T Σ cell.flops(I_k, H) + P 2 H O)
            train_step = 3 forward - B T (cell.flops(I_1, H) - cell.flops(0, H))

        ``I_k`` is the width of what feeds layer ``k``, ``P`` the number of steps read out. The
        gradients of the weights cost as much as the forward pass, and so do those of the inputs,
        but that real and one-hot inputs need none; with an embedding nothing is subtracted.
        One-hot tokens are multiplied like real inputs; looking up an embedding costs nothing.
        """
        layers = sum(self.cell.flops(layer.inputs, self.hidden) for layer in self.stack)
        positions = 1 if self.readout == "last" else steps
        forward = batch * (steps * layers + positions * 2 * self.hidden * self.outputs)
        step_on_inputs = self.cell.flops(self.inputs, self.hidden) - self.cell.flops(0, self.hidden)
        spared = 0 if self.embedding else batch * steps * step_on_inputs
        return Flops(forward, 3 * forward - spared)

    def initial(self, seed: int) -> Params:
        """Draw the initial parameters in float64, the same for every backend.

        The embedding is standard normal, the read-out uniform in ±1/sqrt(H) with zero bias.
        """
        rng = np.random.default_rng([seed, 0])
        params: Params = {}
        if self.embedding:
            params["embedding"] = {"w": rng.standard_normal((self.inputs, self.embedding))}
        for k, layer in enumerate(self.stack):
            params[f"layers.{k}"] = self.cell.initial(rng, layer.inputs, layer.hidden)
        limit = 1.0 / np.sqrt(self.hidden)
        weights = rng.uniform(-limit, limit, (self.hidden, self.outputs))
        params["readout"] = {"w": weights, "b": np.zeros(self.outputs)}
        return params

    def zero_state(self, batch: int) -> States:
        """Return the state before the first step: zeros, ``(B, H)`` each."""
        zeros = np.zeros((batch, self.hidden))
        return tuple(tuple(zeros for _ in self.cell.state) for _ in range(self.layers))

    def apply(self, ops: Ops, params: Native, state: States, inputs: Array) -> tuple[Array, States]:
        """Compute the outputs.

        Args:
            ops: the functions to compute with.
            params: one entry per group, those of layers as their recurrence packed them.
            state: the state before the first step.
            inputs: ``(T, B, I)``, or tokens ``(T, B)``.

        Returns:
            ``(T, B, O)``, or ``(B, O)`` for a read-out at the last step; and the new state.
        """
        xs = self._embed(ops.xp, params, inputs)
        final = []
        for k, recurrence in enumerate(ops.recurrences):
            xs, layer_state = recurrence.apply(params[f"layers.{k}"], xs, state[k])
            final.append(layer_state)
        top = xs[-1] if self.readout == "last" else xs
        # One product over all steps and examples, where NumPy would make one per step.
        rows = ops.xp.reshape(top, (-1, self.hidden))
        outputs = rows @ params["readout"]["w"] + params["readout"]["b"]
        return ops.xp.reshape(outputs, (*top.shape[:-1], self.outputs)), tuple(final)

    def cost(self, ops: Ops, params: Native, state: States, batch: Batch) -> tuple[Array, States]:
        """Return the loss of a batch, which programs differentiate, and the new state."""
        outputs, state = self.apply(ops, params, state, batch.inputs)
        return LOSSES[self.loss](ops.xp, outputs, batch.targets), state

    def _embed(self, xp: Namespace, params: Native, inputs: Array) -> Array:
        if not self.tokens:
            return inputs
        if self.embedding:
            return xp.take(params["embedding"]["w"], inputs, axis=0)  # (T, B, E)
        return xp.one_hot(inputs, self.inputs, like=params["readout"]["w"])  # (T, B, V)
