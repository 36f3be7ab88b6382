"""A model with its parameters and its optimizer on MLX."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import mlx.core as mx
import numpy as np
from mlx import optimizers

from rnnbench import (
    Batch,
    Model,
    Native,
    Ops,
    Optimizer,
    Params,
    Program,
    States,
    pack,
    tree_map,
    unpack,
)


class MlxProgram(Program):
    """Three functions: outputs, gradient, and the whole train step; compiled, or as they stand.

    MLX only records what is asked of it. Each call hands its results to ``mx.async_eval``, which
    starts computing them and returns, so that Python records the next call meanwhile.
    """

    def __init__(
        self,
        model: Model,
        ops: Ops,
        params: Params,
        rule: Optimizer,
        put: Callable[[Any], Any],
        scope: Callable[[], AbstractContextManager[None]],
        compiled: bool,
    ) -> None:
        self.kernel = "unrolled loop (mx.compile)" if compiled else "Python loop (eager)"
        self.ops, self.rule, self.put, self.scope = ops, rule, put, scope
        self.traced = 0
        self.outputs: mx.array | None = None
        self.native: Native
        self.moments: Any
        optimizer = build(rule)

        def forward(native: Native, state: States, batch: Batch) -> tuple[mx.array, States]:
            return model.apply(ops, native, state, batch)

        def cost(native: Native, state: States, batch: Batch) -> tuple[mx.array, States]:
            return model.cost(ops, native, state, batch)

        def train(native: Native, moments: Any, state: States, batch: Batch) -> Any:
            (loss, state), gradients = mx.value_and_grad(cost)(native, state, batch)
            if rule.clip is not None:
                gradients, _ = optimizers.clip_grad_norm(gradients, rule.clip)
            optimizer.state = moments
            return optimizer.apply_gradients(gradients, native), optimizer.state, loss, state

        compile_ = self._compile if compiled else lambda function: function
        self._forward = compile_(forward)
        self._gradient = compile_(mx.value_and_grad(cost))
        self._train = compile_(train)
        self.reset(params)

    def forward(self, state: States, batch: Batch) -> tuple[mx.array, States]:
        """Compute the outputs and the new state."""
        with self.scope():
            self.outputs, state = self._forward(self.native, state, batch)
            mx.async_eval(self.outputs, state)
        return self.outputs, state

    def gradient(self, state: States, batch: Batch) -> tuple[float, Params]:
        """Differentiate by reverse mode."""
        with self.scope():
            (loss, _), gradients = self._gradient(self.native, state, batch)
            return float(loss.item()), self._canonical(gradients)

    def train_step(self, state: States, batch: Batch) -> tuple[mx.array, States]:
        """Differentiate, clip, update."""
        with self.scope():
            result = self._train(self.native, self.moments, state, batch)
            mx.async_eval(result)
        self.native, self.moments, loss, state = result
        return loss, state

    def params(self) -> Params:
        """Copy the current parameters."""
        return self._canonical(self.native)

    def reset(self, params: Params) -> None:
        """Pack the parameters anew, with an optimizer state of its own."""
        self.native = pack(self.ops, params, self.put)
        fresh = build(self.rule)
        fresh.init(self.native)
        self.moments = fresh.state

    def wait(self) -> None:
        """Wait for the last outputs and the last update; MLX runs what it is given in order."""
        mx.eval(self.outputs, self.native, self.moments)

    def traces(self) -> int:
        """Count how often ``mx.compile`` has called one of the functions, once for each shape."""
        return self.traced

    def _compile(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def traced(*arguments: Any) -> Any:
            self.traced += 1
            return function(*arguments)

        return mx.compile(traced)

    def _canonical(self, native: Native) -> Params:
        return unpack(self.ops, tree_map(np.array, native))


def build(rule: Optimizer) -> optimizers.Optimizer:
    """Return MLX's own optimizer for ``rule``: these compute the core's formulas."""
    match rule.name:  # of no others, as TRAINS of the backend has none
        case "sgd":
            return optimizers.SGD(rule.lr, momentum=rule.momentum)
        case "rmsprop":
            return optimizers.RMSprop(rule.lr, alpha=rule.ALPHA, eps=rule.EPSILON)
        case _:
            betas = list(rule.BETAS)
            return optimizers.Adam(rule.lr, betas=betas, eps=rule.EPSILON, bias_correction=True)
