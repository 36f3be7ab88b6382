import numpy as np
import pytest
from counting import Counting, counted
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import log_softmax

from rnnbench.models.cells.elman import Elman
from rnnbench.models.cells.gru import GRU
from rnnbench.models.cells.lstm import LSTM
from rnnbench.models.losses import LOSSES
from rnnbench.models.model import Flops, Model
from rnnbench.models.optimizer import Optimizer
from rnnbench.models.trees import Batch, tree_map
from rnnbench.oracle.backend import NumpyBackend
from rnnbench.oracle.namespace import NumpyNamespace
from rnnbench.oracle.parity import small_input

XP = NumpyNamespace()


def program(model, params=None):
    backend = NumpyBackend("cpu", "float64")
    return backend.program(model, params or model.initial(0), "autograd", Optimizer())


def apply(model, inputs, params=None, state=None):
    state = state or model.zero_state(inputs.shape[1])
    return program(model, params).forward(state, inputs)


def test_layers_are_as_wide_as_what_feeds_them():
    model = Model(LSTM(), inputs=7, outputs=2, hidden=5, layers=3, tokens=True, embedding=4)
    assert [layer.inputs for layer in model.stack] == [4, 5, 5]
    assert {layer.hidden for layer in model.stack} == {5}


def test_initial_parameters_depend_on_the_seed_alone():
    model = Model(LSTM(), inputs=7, outputs=2, hidden=5, layers=2, tokens=True, embedding=4)
    first, again, other = model.initial(1), model.initial(1), model.initial(2)
    assert list(first) == ["embedding", "layers.0", "layers.1", "readout"]
    for group, arrays in first.items():
        assert all((again[group][name] == array).all() for name, array in arrays.items())
    assert (other["layers.1"]["w_x"] != first["layers.1"]["w_x"]).any()


def test_stacked_layers_are_layers_one_after_the_other():
    model = Model(Elman(), inputs=2, outputs=3, hidden=3, layers=2)
    params = model.initial(0)
    one = Model(Elman(), inputs=2, outputs=3, hidden=3)
    two = Model(Elman(), inputs=3, outputs=3, hidden=3)
    as_it_is = {"w": np.eye(3), "b": np.zeros(3)}
    xs = np.random.default_rng(0).standard_normal((4, 2, 2))
    middle, _ = apply(one, xs, {"layers.0": params["layers.0"], "readout": as_it_is})
    top, _ = apply(two, middle, {"layers.0": params["layers.1"], "readout": params["readout"]})
    np.testing.assert_allclose(apply(model, xs, params)[0], top, rtol=1e-12)


def test_the_last_output_is_the_last_of_every():
    common = {"cell": LSTM(), "inputs": 2, "outputs": 3, "hidden": 4}
    xs = np.random.default_rng(0).standard_normal((5, 2, 2))
    every, _ = apply(Model(**common, readout="every"), xs)
    last, _ = apply(Model(**common, readout="last"), xs)
    assert every.shape == (5, 2, 3)
    assert np.array_equal(last, every[-1])


def test_one_hot_is_an_embedding_in_the_identity():
    common = {"cell": Elman(), "inputs": 4, "outputs": 2, "hidden": 3, "tokens": True}
    one_hot, embedded = Model(**common), Model(**common, embedding=4)
    params = one_hot.initial(0)
    tokens = np.array([[0, 3], [1, 1], [2, 0]])
    ours, _ = apply(one_hot, tokens, params)
    theirs, _ = apply(embedded, tokens, params | {"embedding": {"w": np.eye(4)}})
    assert np.array_equal(ours, theirs)


def test_the_state_carries_on():
    model = Model(LSTM(), inputs=2, outputs=1, hidden=3, layers=2)
    xs = np.random.default_rng(0).standard_normal((6, 2, 2))
    whole, end = apply(model, xs)
    first, middle = apply(model, xs[:2])
    second, end_too = apply(model, xs[2:], state=middle)
    assert np.array_equal(whole, np.concatenate([first, second]))
    assert np.array_equal(end, end_too)


def test_cost_is_the_loss_of_the_outputs():
    model = Model(LSTM(), inputs=2, outputs=1, hidden=3, readout="last")
    rng = np.random.default_rng(0)
    batch = Batch(rng.standard_normal((4, 5, 2)), rng.standard_normal((5, 1)))
    outputs, _ = apply(model, batch.inputs)
    loss, _ = program(model).gradient(model.zero_state(5), batch)
    assert loss == pytest.approx(np.mean((outputs - batch.targets) ** 2), rel=1e-14)


@given(st.integers(0, 2**32 - 1), st.sampled_from([1.0, 100.0, 1e4]))
def test_cross_entropy_is_the_mean_log_probability(seed, scale):
    rng = np.random.default_rng(seed)
    logits, targets = scale * rng.standard_normal((3, 2, 5)), rng.integers(0, 5, (3, 2))
    chosen = np.take_along_axis(log_softmax(logits, -1), targets[..., None], -1)
    loss = LOSSES["cross-entropy"](XP, logits, targets)
    assert loss == pytest.approx(-chosen.mean(), rel=1e-12)


#: Kinds of input and read-out.
KINDS = {
    "real": {"inputs": 3, "outputs": 2},
    "real, last": {"inputs": 3, "outputs": 2, "readout": "last"},
    "one-hot": {"inputs": 6, "outputs": 6, "tokens": True, "loss": "cross-entropy"},
    "embedding": {
        "inputs": 6,
        "outputs": 6,
        "tokens": True,
        "embedding": 3,
        "loss": "cross-entropy",
    },
}


def test_flops_by_hand():
    # 7 steps of 5 examples through elman 3 → 4 and 4 → 4; 2 outputs, at every step or at the last.
    layers = 7 * 5 * (2 * 4 * (3 + 4) + 2 * 4 * (4 + 4))
    no_gradient = 7 * 5 * 2 * 3 * 4
    common = {"cell": Elman(), "outputs": 2, "hidden": 4, "layers": 2}
    every = layers + 7 * 5 * 2 * 4 * 2
    assert Model(**common, inputs=3).flops(7, 5) == Flops(every, 3 * every - no_gradient)
    last = layers + 5 * 2 * 4 * 2
    at_last = Model(**common, inputs=3, readout="last")
    assert at_last.flops(7, 5) == Flops(last, 3 * last - no_gradient)
    one_hot = Model(**common, inputs=3, tokens=True)
    assert one_hot.flops(7, 5) == Flops(every, 3 * every - no_gradient)
    embedded = Model(**common, inputs=50, tokens=True, embedding=3)
    assert embedded.flops(7, 5) == Flops(every, 3 * every)


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cell", [Elman(), LSTM(), GRU()], ids=str)
def test_flops_are_those_of_the_products_in_a_program(cell, kind, layers):
    model = Model(cell, hidden=4, layers=layers, **KINDS[kind])
    state, batch = small_input(model, 0)
    steps, examples = batch.inputs.shape[:2]
    counting = program(model)
    counting.native = tree_map(lambda array: array.view(Counting), counting.native)
    flops = model.flops(steps, examples)
    assert counted(counting.forward, state, batch.inputs) == flops.forward
    # The oracle alone spares the gradient of the initial state, which kernels compute.
    of_initial_state = layers * examples * cell.flops(0, 4)
    assert counted(counting.gradient, state, batch) == flops.train_step - of_initial_state


def test_flops_of_a_cell_that_states_its_own():
    class Twice(Elman):
        """Its recurrent matrix is used twice in a step."""

        def flops(self, inputs, hidden):
            return 2 * hidden * (inputs + 2 * hidden)

    forward = 7 * 5 * (2 * 4 * (3 + 2 * 4) + 2 * 4 * 2)
    model = Model(Twice(), inputs=3, outputs=2, hidden=4)
    assert model.flops(7, 5) == Flops(forward, 3 * forward - 7 * 5 * 2 * 3 * 4)


def test_tree_map_keeps_the_structure():
    tree = ({"a": 1}, (2, (3,)), Batch(4, 5))
    assert tree_map(lambda n: -n, tree) == ({"a": -1}, (-2, (-3,)), Batch(-4, -5))
    assert isinstance(tree_map(str, tree)[2], Batch)
