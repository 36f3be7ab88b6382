"""The variant ``jax:flax``: ``nnx.RNN`` with Flax's own cells."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from rnnbench import GRU, LSTM, Backend, Cell, Elman, Layer, Recurrence, State
from rnnbench_peers.gates import Gates, form_of

Array = jax.Array


class Form(NamedTuple):
    """How Flax writes a cell.

    Attributes:
        cell: the class in ``nnx``.
        gates: in Flax's order.
        bias: which of its two products has the bias.
    """

    cell: type[Any]
    gates: tuple[str, ...]
    bias: str


#: By exact class: a subclass may compute something else.
FORMS: dict[type[Cell], Form] = {
    Elman: Form(nnx.SimpleCell, ("h",), "dense_i.bias"),
    LSTM: Form(nnx.OptimizedLSTMCell, ("i", "f", "g", "o"), "dense_h.bias"),
    GRU: Form(nnx.GRUCell, ("r", "z", "n"), "dense_i.bias"),
}
#: Canonical names of the parameters, and paths in Flax's cells; the bias is where the form says.
NAMES = {"w_x": "dense_i.kernel", "w_h": "dense_h.kernel", "b_hn": "b_hn"}


class FlaxRecurrence(Recurrence):
    """One layer; native parameters are those of the cell, by their paths in it.

    The documented equation of ``nnx.GRUCell`` has a bias b_hn within the reset product, its code
    has none. So the cell is given a product of the state with a bias, of which b_hn alone is
    trained.
    """

    def __init__(self, backend: Backend, layer: Layer) -> None:
        """Prepare for one layer.

        Raises:
            Unsupported: for a cell that Flax does not have.
        """
        self.layer, self.dtype, self.put = layer, backend.dtype, backend.put
        self.form = form_of(FORMS, layer, "flax")
        self.gates = Gates(layer.cell.gates, self.form.gates)
        self.names = NAMES | {"b": self.form.bias}
        added = ", b_hn added" if "b_hn" in layer.shapes else ""
        self.kernel = f"flax {version('flax')} nnx.RNN({self.form.cell.__name__}{added})"
        with backend.scope():
            self.graph = nnx.graphdef(nnx.eval_shape(self._cell))

    def pack(self, params: dict[str, np.ndarray]) -> Any:
        """Lay the gates side by side: products ``(I, G·H)`` and ``(H, G·H)``, a bias ``(G·H,)``."""
        return self.put(self.gates.pack(params, self.names))

    def unpack(self, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Take the gates apart."""
        return self.gates.unpack(arrays, self.names)

    def apply(
        self,
        params: Any,
        xs: Array,
        state: State,
        mask: Array | None = None,
        context: tuple[Array, ...] = (),
    ) -> tuple[Array, State]:
        """Run over ``xs (T, B, I)``. Flax's LSTM carries ``(c, h)``, its other cells an array."""
        rnn = nnx.RNN(self._filled(params), time_major=True, return_carry=True, rngs=False)
        if len(state) == 1:
            last, ys = rnn(xs, initial_carry=state[0])
            return ys, (last,)
        (c, h), ys = rnn(xs, initial_carry=state[::-1])
        return ys, (h, c)

    def _filled(self, params: Any) -> nnx.RNNCellBase:
        """Return the cell with these parameters."""
        own = dict(params)
        if "b_hn" in own:
            own["dense_h.bias"] = jnp.pad(own.pop("b_hn"), (2 * self.layer.hidden, 0))
        paths = [(tuple(name.split(".")), nnx.Param(array)) for name, array in own.items()]
        cell: nnx.RNNCellBase = nnx.merge(self.graph, nnx.from_flat_state(paths))
        return cell

    def _cell(self) -> nnx.RNNCellBase:
        """Return the cell as Flax makes it."""
        sizes, hidden = (self.layer.inputs, self.layer.hidden), self.layer.hidden
        how: dict[str, Any] = {"dtype": self.dtype, "param_dtype": self.dtype}
        how["rngs"] = nnx.Rngs(0)
        activation = getattr(self.layer.cell, "activation", None)
        cell = self.form.cell(*sizes, **how, **activations(activation))
        if "b_hn" in self.layer.shapes:
            cell.dense_h = nnx.Linear(hidden, 3 * hidden, **how)
        made: nnx.RNNCellBase = cell
        return made


def activations(name: str | None) -> dict[str, Any]:
    """Return the argument that gives a cell its activation; none where it has its own."""
    return {} if name is None else {"activation_fn": getattr(nnx, name)}
