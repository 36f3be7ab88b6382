"""Keras's recurrent layers on whichever framework Keras runs on in this process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from rnnbench import (
    GRU,
    LSTM,
    Array,
    Backend,
    Cell,
    Elman,
    Layer,
    Recurrence,
    ResetBeforeGRU,
    State,
    Unsupported,
)
from rnnbench_peers.gates import Gates, form_of


class Form(NamedTuple):
    """How Keras writes a cell.

    Attributes:
        layer: the class in ``keras.layers``.
        gates: in Keras's order.
        options: the arguments that make it compute the cell.
    """

    layer: type[Any]
    gates: tuple[str, ...]
    options: dict[str, Any]


#: By exact class: a subclass may compute something else.
FORMS: dict[type[Cell], Form] = {
    Elman: Form(keras.layers.SimpleRNN, ("h",), {}),
    LSTM: Form(keras.layers.LSTM, ("i", "f", "g", "o"), {"unit_forget_bias": False}),
    GRU: Form(keras.layers.GRU, ("z", "r", "n"), {"reset_after": True}),
    ResetBeforeGRU: Form(keras.layers.GRU, ("z", "r", "n"), {"reset_after": False}),
}
#: Canonical names of the parameters, and Keras's.
NAMES = {"w_x": "kernel", "w_h": "recurrent_kernel", "b": "bias", "b_hn": "b_hn"}


class KerasRecurrence(Recurrence):
    """One layer, called as a pure function of its weights, in which it is differentiated.

    Native parameters are ``kernel (I, G·H)``, ``recurrent_kernel (H, G·H)`` and ``bias (G·H,)``.
    The bias of a GRU whose reset gate acts after the product is ``(2, 3·H)``, its second row for
    that product; of it b_hn alone is trained, the rest is redundant and zero.
    """

    def __init__(self, backend: Backend, layer: Layer, put: Callable[[Any], Any]) -> None:
        """Prepare for one layer; ``put`` turns NumPy arrays into what the framework trains."""
        self.layer, self.put = layer, put
        self.dtype, self.device = backend.dtype, backend.device
        self.form = FORMS[type(layer.cell)]
        self.gates = Gates(layer.cell.gates, self.form.gates)
        with backend.scope(), keras.device(self.device):
            self.own = self._layer()
        self.kernel = f"keras {keras.__version__} {self.form.layer.__name__}"

    def pack(self, params: dict[str, np.ndarray]) -> Any:
        """Lay the gates side by side."""
        return self.put(self.gates.pack(params, NAMES))

    def unpack(self, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Take the gates apart."""
        return self.gates.unpack(arrays, NAMES)

    def apply(
        self,
        params: Any,
        xs: Array,
        state: State,
        mask: Array | None = None,
        context: tuple[Array, ...] = (),
    ) -> tuple[Array, State]:
        """Run over ``xs (T, B, I)``; Keras is batch-major, and is timed with what that costs."""
        weights = dict(params)
        with keras.device(self.device):
            if "b_hn" in weights:
                zeros = ops.zeros_like(weights["bias"][: 2 * self.layer.hidden])
                second = ops.concatenate([zeros, weights.pop("b_hn")])
                weights["bias"] = ops.stack([weights["bias"], second])
            own = [weights[variable.name] for variable in self.own.trainable_variables]
            rest = [variable.value for variable in self.own.non_trainable_variables]
            batches = ops.transpose(xs, (1, 0, 2))
            (ys, *last), _ = self.own.stateless_call(own, rest, batches, initial_state=list(state))
            return ops.transpose(ys, (1, 0, 2)), tuple(last)

    def _layer(self) -> Any:
        activation = getattr(self.layer.cell, "activation", None)
        layer = self.form.layer(
            self.layer.hidden,
            return_sequences=True,
            return_state=True,
            dtype=self.dtype,
            # Its own weights are never used: an orthogonal matrix would be drawn for nothing.
            kernel_initializer="zeros",
            recurrent_initializer="zeros",
            # Without a seed Keras would take one from Python's random state.
            seed=0,
            **self.form.options,
            **({} if activation is None else {"activation": activation}),
        )
        layer.build((None, None, self.layer.inputs))
        return layer


def checked(framework: str, backend: Backend, layer: Layer) -> Layer:
    """Return a layer that Keras can compute on a framework here.

    Raises:
        Unsupported: for a cell that Keras does not have, where it runs on another framework, and in
            float64, which Keras rounds to float32 in products on JAX and PyTorch.
    """
    if backend.dtype != "float32":
        raise Unsupported(f"keras computes in float32 alone on {framework}, not in {backend.dtype}")
    if keras.config.backend() != framework:
        raise Unsupported(f"keras already runs on {keras.config.backend()} in this process")
    form_of(FORMS, layer, "keras")
    return layer
