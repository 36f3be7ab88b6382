import numpy as np
import pytest

from rnnbench import Batch, Model, NumpyBackend, Optimizer, Problem, Spec, UsageError
from rnnbench.models.networks.transformer import Transformer

TOKENS = Problem(5, 5, tokens=True, loss="cross-entropy")


def test_heads_must_share_the_units():
    model = Model(Transformer(heads=3), Spec(TOKENS, None, 8))
    with pytest.raises(UsageError, match=r"transformer.heads: 3 heads can't share 8 units evenly"):
        model.initial(0)


@pytest.mark.parametrize(("hidden", "heads"), [(8, 4), (6, 2), (5, 1)])
def test_unless_told_there_are_as_many_heads_of_four_as_can_share_the_units(hidden, heads):
    model = Model(Transformer(), Spec(TOKENS, None, hidden))
    assert model.parts["blocks.0.attention"].heads == heads


@pytest.mark.parametrize("carried", [True, False])
def test_what_no_task_carries_is_not_remembered(carried):
    model = Model(Transformer(), Spec(TOKENS, None, 8, carried=carried))
    assert bool(model.zero_state(2)) is carried
    encoder = Model(Transformer(causal=False), Spec(TOKENS, None, 8, carried=carried))
    assert encoder.zero_state(2) == {}


def test_tokens_are_as_wide_as_a_layer_unless_it_is_said():
    assert {"embedding", "inputs"} & Model(Transformer(), Spec(TOKENS, None, 8)).parts.keys() == {
        "embedding"
    }
    model = Model(Transformer(), Spec(TOKENS, None, 8, embedding=3))
    assert model.parts["embedding"].shapes == {"w": (5, 3)}
    assert model.parts["inputs"].shapes == {"w": (3, 8), "b": (8,)}


def test_a_stream_sees_as_far_back_as_its_window():
    """With one block, what was ``window`` steps ago is seen, and the step before it is not."""
    model = Model(Transformer(heads=1, window=3), Spec(Problem(2, 2), None, 4))
    program = NumpyBackend("cpu", "float64").program(
        model, model.initial(0), "autograd", Optimizer()
    )
    inputs = np.random.default_rng(0).standard_normal((6, 1, 2))
    outputs = [
        program.forward(model.zero_state(1), Batch(changed(inputs, step), None))[0][5]
        for step in (None, 1, 2)
    ]
    np.testing.assert_array_equal(outputs[0], outputs[1])
    assert np.abs(outputs[0] - outputs[2]).max() > 1e-6


def changed(inputs, step):
    """Return inputs of which one step is another."""
    inputs = inputs.copy()
    if step is not None:
        inputs[step] += 1
    return inputs
