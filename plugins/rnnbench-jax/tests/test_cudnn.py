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

    ours = trace(CudnnRecurrence(LAYER, backend.put))
    assert parity.worst(ours, trace(backend.kernel(LAYER, "scan"))).error < 1e-5


def test_parameters_come_back() -> None:
    recurrence = CudnnRecurrence(LAYER, lambda tree: tree)
    params = LAYER.cell.initial(np.random.default_rng(0), LAYER.inputs, LAYER.hidden)
    assert parity.worst(recurrence.unpack(recurrence.pack(params)), params).error == 0


@pytest.mark.parametrize(
    ("device", "dtype", "reason"), [("cpu", "float32", "GPU"), ("gpu:0", "float64", "float64")]
)
def test_refusals(monkeypatch: pytest.MonkeyPatch, device: str, dtype: str, reason: str) -> None:
    backend = JaxBackend("cpu", dtype)
    monkeypatch.setattr(backend, "device", device)
    with pytest.raises(Unsupported, match=reason):
        backend.kernel(LAYER, "cudnn")


def test_it_has_the_lstm_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = JaxBackend()
    monkeypatch.setattr(backend, "device", "gpu:0")
    assert backend.kernel(Layer(CELLS["gru"], 5, 4), "cudnn") is None
    assert isinstance(backend.kernel(LAYER, "cudnn"), CudnnRecurrence)
