"""The fused recurrence: Keras's own recurrent layers, with cuDNN asked for outright on a GPU."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from rnnbench import GRU, LSTM, Array, Cell, Elman, Layer, Recurrence, State


class Form(NamedTuple):
    """How Keras writes a cell.

    Attributes:
        layer: the class in ``keras.layers``.
        gates: the canonical names of the gates in the order of Keras's kernels ``(I, G·H)``.
        cudnn: whether the layer has a cuDNN kernel.
        options: the arguments of the layer that make it compute the cell.
    """

    layer: type[keras.layers.RNN]
    gates: tuple[str, ...]
    cudnn: bool
    options: Callable[[Any], dict[str, Any]]


#: By exact class: a subclass may compute something else.
FORMS: dict[type[Cell], Form] = {
    Elman: Form(
        keras.layers.SimpleRNN, ("h",), False, lambda cell: {"activation": cell.activation}
    ),
    LSTM: Form(
        keras.layers.LSTM, ("i", "f", "g", "o"), True, lambda _: {"unit_forget_bias": False}
    ),
    GRU: Form(keras.layers.GRU, ("z", "r", "n"), True, lambda _: {"reset_after": True}),
}


class KerasRecurrence(Recurrence):
    """``keras.layers.SimpleRNN``, ``LSTM`` or ``GRU``.

    Keras is batch-major: ``apply`` transposes the inputs and the outputs, which is part of its
    cost. Keras's parameters are ``kernel (I, G·H)``, ``recurrent_kernel (H, G·H)`` and
    ``bias (G·H)``; the GRU's bias is ``(2, 3·H)``, one row added to the input's product and one
    to the state's. The second row matters in ``b_hn`` alone; the rest of it is zero, and masked.
    """

    def __init__(self, layer: Layer, dtype: str, gpu: bool) -> None:
        self.layer, self.dtype = layer, dtype
        self.form = FORMS[type(layer.cell)]
        self.cudnn = self.form.cudnn and gpu
        how = "cuDNN" if self.cudnn else "while loop"
        self.kernel = f"keras {self.form.layer.__name__} ({how})"
        self.trained = {"bias": self._bias_mask()} if isinstance(layer.cell, GRU) else {}

    def pack(self, params: dict[str, np.ndarray]) -> keras.layers.RNN:
        """Build the layer and set its weights."""
        weights, layer = self.weights(params), self._build()
        for weight in layer.trainable_weights:
            weight.assign(weights[weight.name])
        return layer

    def weights(self, params: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return the weights of the layer by name, gate by gate by name."""
        weights = {
            "kernel": self._join(params["w_x"]),
            "recurrent_kernel": self._join(params["w_h"]),
            "bias": self._join(params["b"]),
        }
        if "b_hn" in params:
            second = np.zeros_like(params["b"])
            second[self._canonical.index("n")] = params["b_hn"]
            weights["bias"] = np.stack([weights["bias"], self._join(second)])
        return weights

    def unpack(self, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Split the kernels into gates, by name; of the GRU's second bias take ``b_hn`` alone."""
        bias = np.atleast_2d(arrays["bias"])
        params = {
            "w_x": self._split(arrays["kernel"]),
            "w_h": self._split(arrays["recurrent_kernel"]),
            "b": self._split(bias[0]),
        }
        if len(bias) == 2:
            params["b_hn"] = self._split(bias[1])[self._canonical.index("n")]
        return params

    def apply(
        self,
        params: Any,
        xs: Array,
        state: State,
        mask: Array | None = None,
        context: tuple[Array, ...] = (),
    ) -> tuple[Array, State]:
        """Call the layer between two transpositions."""
        ys, *final = params(tf.transpose(xs, (1, 0, 2)), initial_state=list(state))
        return tf.transpose(ys, (1, 0, 2)), tuple(final)

    @property
    def _canonical(self) -> tuple[str, ...]:
        return self.layer.cell.gates

    def _build(self) -> keras.layers.RNN:
        cudnn = {"use_cudnn": self.cudnn} if self.form.cudnn else {}
        layer = self.form.layer(
            self.layer.hidden,
            return_sequences=True,
            return_state=True,
            dtype=self.dtype,
            # The weights are set at once: an orthogonal matrix would be drawn for nothing.
            kernel_initializer="zeros",
            recurrent_initializer="zeros",
            # Nothing is drawn; but without a seed Keras would take one from Python's random state.
            seed=0,
            **cudnn,
            **self.form.options(self.layer.cell),
        )
        layer.build((None, None, self.layer.inputs))
        return layer

    def _bias_mask(self) -> np.ndarray:
        hidden = self.layer.hidden
        second = [np.full(hidden, float(gate == "n")) for gate in self.form.gates]
        return np.stack([np.ones(len(second) * hidden), np.concatenate(second)])

    def _join(self, gates: np.ndarray) -> np.ndarray:
        """Turn canonical ``(G, ..., H)`` into Keras's ``(..., G·H)``."""
        order = [self._canonical.index(gate) for gate in self.form.gates]
        return np.concatenate(gates[order], axis=-1)

    def _split(self, joined: np.ndarray) -> np.ndarray:
        """Turn Keras's ``(..., G·H)`` into canonical ``(G, ..., H)``."""
        order = [self.form.gates.index(gate) for gate in self._canonical]
        return np.stack(np.split(joined, len(order), axis=-1))[order]
