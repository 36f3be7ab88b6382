"""The variant ``jax:equinox``: the cells of ``equinox.nn`` in the loop that its pages show."""

from __future__ import annotations

from typing import Any, TypeAlias

import equinox as eqx
import jax
import numpy as np

from rnnbench import GRU, LSTM, Backend, Cell, Layer, Recurrence, State
from rnnbench_peers.gates import Gates, form_of

Array = jax.Array
OwnCell: TypeAlias = eqx.nn.LSTMCell | eqx.nn.GRUCell

#: By exact class, as a subclass may compute another function. Both have the core's order of gates.
CELLS: dict[type[Cell], type[OwnCell]] = {LSTM: eqx.nn.LSTMCell, GRU: eqx.nn.GRUCell}
#: Canonical names of the parameters, and Equinox's.
NAMES = {"w_x": "weight_ih", "w_h": "weight_hh", "b": "bias", "b_hn": "bias_n"}


class EquinoxRecurrence(Recurrence):
    """One layer; native parameters are those of the cell, ``(G·H, I)``, ``(G·H, H)``, ``(G·H,)``.

    An Equinox cell is written for one example. A sequence is a ``lax.scan`` of it, a batch the
    ``vmap`` of that.
    """

    def __init__(self, backend: Backend, layer: Layer) -> None:
        """Prepare for one layer.

        Raises:
            Unsupported: for a cell that Equinox does not have.
        """
        own, self.put = form_of(CELLS, layer, "equinox"), backend.put
        self.gates = Gates(layer.cell.gates, layer.cell.gates)
        self.kernel = f"equinox {eqx.__version__} lax.scan({own.__name__})"
        sizes, key = (layer.inputs, layer.hidden), jax.random.key(0)
        with backend.scope():
            self.cell: OwnCell = eqx.filter_eval_shape(own, *sizes, dtype=backend.dtype, key=key)

    def pack(self, params: dict[str, np.ndarray]) -> Any:
        """Lay the gates end to end, outputs before inputs."""
        own = self.gates.pack(params, NAMES)
        return self.put({name: array.T for name, array in own.items()})

    def unpack(self, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Take the gates apart."""
        return self.gates.unpack({name: array.T for name, array in arrays.items()}, NAMES)

    def apply(
        self,
        params: Any,
        xs: Array,
        state: State,
        mask: Array | None = None,
        context: tuple[Array, ...] = (),
    ) -> tuple[Array, State]:
        """Run over ``xs (T, B, I)``."""
        cell = eqx.tree_at(
            lambda c: [getattr(c, name) for name in params], self.cell, [*params.values()]
        )

        def sequence(xs: Array, state: State) -> tuple[Array, State]:
            def step(state: State, x: Array) -> tuple[State, Array]:
                new = cell(x, state if len(state) > 1 else state[0])
                new = new if len(state) > 1 else (new,)
                return new, new[0]

            last, ys = jax.lax.scan(step, state, xs)
            return ys, last

        return jax.vmap(sequence, in_axes=(1, 0), out_axes=(1, 0))(xs, state)
