"""The variant ``jax:haiku``: Haiku's cores in ``hk.dynamic_unroll``."""

from __future__ import annotations

from typing import Any, NamedTuple

import haiku as hk
import jax
import numpy as np

from rnnbench import (
    LSTM,
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

Array = jax.Array


class Form(NamedTuple):
    """How Haiku writes a cell.

    Attributes:
        core: the class in ``haiku``.
        gates: in Haiku's order.
        names: the parameters that take ``w_x``, ``w_h`` and ``b``; one name where inputs and
            outputs are multiplied together.
        options: of the class.
    """

    core: type[Any]
    gates: tuple[str, ...]
    names: tuple[str, str, str]
    options: dict[str, Any]


#: By exact class: a subclass may compute something else.
FORMS: dict[type[Cell], Form] = {
    Elman: Form(
        hk.VanillaRNN,
        ("h",),
        ("vanilla_rnn/linear.w", "vanilla_rnn/linear_1.w", "vanilla_rnn/linear.b"),
        {"double_bias": False},
    ),
    LSTM: Form(
        hk.LSTM, ("i", "g", "f", "o"), ("lstm/linear.w", "lstm/linear.w", "lstm/linear.b"), {}
    ),
    ResetBeforeGRU: Form(hk.GRU, ("z", "r", "n"), ("gru.w_i", "gru.w_h", "gru.b"), {}),
}


class HaikuRecurrence(Recurrence):
    """One layer; native parameters are those of the core, as ``module.name``.

    Haiku's LSTM adds 1 to the bias of its forget gate, which is taken off before. The z of its GRU
    is 1 - z of ours, σ(-a) in place of σ(a): its parameters have the other sign.
    """

    def __init__(self, backend: Backend, layer: Layer) -> None:
        """Prepare for one layer.

        Raises:
            Unsupported: for a cell that Haiku does not have.
        """
        self.form, self.put = form_of(FORMS, layer, "haiku"), backend.put
        if getattr(layer.cell, "activation", "relu") != "relu":
            raise Unsupported("haiku's VanillaRNN has no activation but relu")
        self.inputs, self.hidden = layer.inputs, layer.hidden
        self.gates = Gates(layer.cell.gates, self.form.gates)
        self.kernel = f"haiku {hk.__version__} dynamic_unroll({self.form.core.__name__})"
        self.run = hk.transform(self._run).apply

    def pack(self, params: dict[str, np.ndarray]) -> Any:
        """Lay the gates side by side: ``(I, G·H)`` and ``(H, G·H)``, a bias ``(G·H,)``."""
        found: dict[str, np.ndarray] = {}
        for name, own in zip(("w_x", "w_h", "b"), self.form.names, strict=True):
            array = self._signed(self.gates.join(params[name]))
            found[own] = np.concatenate([found[own], array]) if own in found else array
        return self.put(found)

    def unpack(self, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Take the gates apart."""
        w_x, w_h, b = (arrays[name] for name in self.form.names)
        if w_x is w_h:
            w_x, w_h = np.split(w_x, [self.inputs])
        own = {"w_x": w_x, "w_h": w_h, "b": b}
        return {name: self.gates.split(self._signed(array)) for name, array in own.items()}

    def apply(
        self,
        params: Any,
        xs: Array,
        state: State,
        mask: Array | None = None,
        context: tuple[Array, ...] = (),
    ) -> tuple[Array, State]:
        """Run over ``xs (T, B, I)``."""
        nested: dict[str, dict[str, Array]] = {}
        for path, array in params.items():
            module, _, name = path.rpartition(".")
            nested.setdefault(module, {})[name] = array
        if self.form.core is hk.LSTM:
            forget = slice(2 * self.hidden, 3 * self.hidden)
            nested["lstm/linear"]["b"] = nested["lstm/linear"]["b"].at[forget].add(-1)
            ys, last = self.run(nested, None, xs, hk.LSTMState(*state))
            return ys, tuple(last)
        ys, last = self.run(nested, None, xs, state[0])
        return ys, (last,)

    def _run(self, xs: Array, state: Any) -> tuple[Array, Any]:
        ys, last = hk.dynamic_unroll(self.form.core(self.hidden, **self.form.options), xs, state)
        return ys, last

    def _signed(self, array: np.ndarray) -> np.ndarray:
        """Return an array ``(..., G·H)`` with the other sign at the z of a GRU."""
        signs = np.where(np.array(self.form.gates) == "z", -1, 1)
        return np.asarray(array * np.repeat(signs, self.hidden))
