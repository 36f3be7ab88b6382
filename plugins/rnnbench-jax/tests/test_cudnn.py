"""What of the cuDNN variant can be checked without a GPU: its layout, and what it refuses.

JAX ships ``lstm_ref``, the same function of the same vector of weights in plain JAX.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.experimental import rnn

from rnnbench import Layer, Unsupported
from rnnbench.conformance import CELLS, parity
from rnnbench_jax.backend import JaxBackend
from rnnbench_jax.cudnn import CudnnRecurrence

LAYER = Layer(CELLS["lstm"], 5, 4)


def reference(
    x: Any, h: Any, c: Any, weights: Any, lengths: Any, inputs: int, hidden: int, *rest: Any
) -> Any:
    layers, dropout, bidirectional, *_ = rest
    parts = rnn.unpack_lstm_weights(weights, inputs, hidden, layers, bidirectional)
    return rnn.lstm_ref(x, h, c, *parts, lengths, inputs, hidden, layers, dropout, bidirectional)


def test_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rnn, "lstm", reference)
    backend = JaxBackend()
    rng = np.random.default_rng(0)
    params = LAYER.cell.initial(rng, LAYER.inputs, LAYER.hidden)
    params["b"] += rng.standard_normal(params["b"].shape)
    xs = backend.put(rng.standard_normal((6, 3, LAYER.inputs)))
    state = backend.put(tuple(rng.standard_normal((3, LAYER.hidden)) for _ in "hc"))

    def trace(recurrence: Any) -> dict[str, np.ndarray]:
        def cost(params: Any) -> Any:
            ys, final = recurrence.apply(params, xs, state)
            return jnp.sum(jnp.square(ys)) + jnp.sum(final[1]), (ys, final)

        run = jax.jit(jax.grad(cost, has_aux=True))
        slopes, (ys, final) = run(recurrence.pack(params))
        slopes = recurrence.unpack(jax.tree.map(np.asarray, slopes))
        return slopes | {"ys": ys, "h": final[0], "c": final[1]}

    ours = trace(CudnnRecurrence(LAYER, "gpu:0", "float32", backend.put))
    assert parity.worst(ours, trace(backend.recurrence(LAYER, "scan"))).error < 1e-5


def test_parameters_come_back() -> None:
    recurrence = CudnnRecurrence(LAYER, "gpu:0", "float32", lambda tree: tree)
    params = LAYER.cell.initial(np.random.default_rng(0), LAYER.inputs, LAYER.hidden)
    assert parity.worst(recurrence.unpack(recurrence.pack(params)), params).error == 0


@pytest.mark.parametrize(
    ("cell", "device", "dtype", "reason"),
    [
        ("lstm", "cpu", "float32", "GPU"),
        ("gru", "gpu:0", "float32", "gru"),
        ("lstm", "gpu:0", "float64", "float64"),
    ],
)
def test_refusals(cell: str, device: str, dtype: str, reason: str) -> None:
    with pytest.raises(Unsupported, match=reason):
        CudnnRecurrence(Layer(CELLS[cell], 5, 4), device, dtype, lambda tree: tree)
