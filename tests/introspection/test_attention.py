"""What a net attends to while it writes."""

import numpy as np
import pytest
from parroting import MODEL
from reversing import model, taught

from rnnbench import Model, NumpyBackend
from rnnbench.errors import UsageError
from rnnbench.introspection.attention import attend


@pytest.mark.parametrize(
    "options", [{"attention": "dot"}, {"feeding": True}, {"teacher_forcing": 0.5}]
)
def test_each_step_has_weights_that_add_up_to_one(options):
    found = attend(model(**options), [0, 1, 2, 2, 1], 4)
    assert found.weights.shape == (len(found.written), 5)
    assert found.weights.sum(axis=1) == pytest.approx(1)


def test_weights_are_those_of_the_formula():
    """α = softmax_s(h_tᵀ m_s), with h and m of the layers, run alone."""
    own, source = model(attention="dot"), [0, 1, 2]
    found = attend(own, source, 1)
    layer, ops = own.parts["encoder.0"], NumpyBackend("cpu", "float64").xp
    state, memory = (np.zeros((1, 12)),), []
    params = own.initial(0)
    for token in source:
        state = layer.cell.step(ops, params["encoder.0"], np.eye(3)[[token]], state)
        memory.append(state[0][0])
    [h] = layer.cell.step(ops, params["decoder.0"], np.eye(4)[[3]], state)
    scores = np.exp(np.array(memory) @ h[0])
    assert found.weights[0] == pytest.approx(scores / scores.sum(), rel=1e-9)


def test_a_net_that_writes_backwards_reads_backwards():
    own = model()
    found = attend(Model(own.network, own.spec, taught(own, 150)), [0, 0, 1, 2], 10)
    assert found.written == [2, 1, 0, 0]
    places = found.weights @ np.arange(4)  # where it looks on average
    assert (np.diff(places) < -0.3).all()


def test_a_net_without_attention_is_told():
    with pytest.raises(UsageError, match="no attention"):
        attend(model(attention="none"), [0, 1], 3)
    with pytest.raises(UsageError, match="no attention"):
        attend(MODEL, [0, 1], 3)
