import math

import numpy as np
import pytest
from counting import Counting, counted

from rnnbench import GRU, LSTM, Batch, Elman, Flops, Layer, Model, Problem, Spec, Stack, tree_map
from rnnbench.models.cells.gated.gru_reset_before import ResetBeforeGRU
from rnnbench.models.cells.linear.mingru import MinGRU
from rnnbench.models.counting import count_flops
from rnnbench.models.training.optimizer import Optimizer
from rnnbench.oracle.backend import NumpyBackend
from rnnbench.oracle.small_input import small_input
from rnnbench.schema.step_product import StepProducts


def stack(problem, cell, hidden, **sizes):
    return Model(Stack(), Spec(problem, cell, hidden, **sizes))


def program(model, params=None):
    backend = NumpyBackend("cpu", "float64")
    return backend.program(model, params or model.initial(0), "autograd", Optimizer())


def apply(model, inputs, params=None, state=None):
    state = state or model.zero_state(inputs.shape[1])
    return program(model, params).forward(state, Batch(inputs, None))


def test_layers_are_as_wide_as_what_feeds_them():
    model = stack(Problem(7, 2, tokens=True), LSTM(), 5, layers=3, embedding=4)
    layers = [part for part in model.parts.values() if isinstance(part, Layer)]
    assert [layer.inputs for layer in layers] == [4, 5, 5]
    assert {layer.hidden for layer in layers} == {5}


def test_initial_parameters_depend_on_the_seed_alone():
    model = stack(Problem(7, 2, tokens=True), LSTM(), 5, layers=2, embedding=4)
    first, again, other = model.initial(1), model.initial(1), model.initial(2)
    assert list(first) == ["embedding", "layers.0", "layers.1", "readout"]
    for group, arrays in first.items():
        assert all((again[group][name] == array).all() for name, array in arrays.items())
    assert (other["layers.1"]["w_x"] != first["layers.1"]["w_x"]).any()


def test_stacked_layers_are_layers_one_after_the_other():
    model = stack(Problem(2, 3), Elman(), 3, layers=2)
    params = model.initial(0)
    one, two = stack(Problem(2, 3), Elman(), 3), stack(Problem(3, 3), Elman(), 3)
    as_it_is = {"w": np.eye(3), "b": np.zeros(3)}
    xs = np.random.default_rng(0).standard_normal((4, 2, 2))
    middle, _ = apply(one, xs, {"layers.0": params["layers.0"], "readout": as_it_is})
    top, _ = apply(two, middle, {"layers.0": params["layers.1"], "readout": params["readout"]})
    np.testing.assert_allclose(apply(model, xs, params)[0], top, rtol=1e-12)


def test_one_output_is_the_last_of_every():
    xs = np.random.default_rng(0).standard_normal((5, 2, 2))
    every, _ = apply(stack(Problem(2, 3), LSTM(), 4), xs)
    last, _ = apply(stack(Problem(2, 3, targets="one"), LSTM(), 4), xs)
    assert every.shape == (5, 2, 3)
    assert np.array_equal(last, every[-1])


@pytest.mark.parametrize("targets", ["every", "one"])
def test_of_several_lengths_each_is_computed_as_it_is_alone(targets):
    model = stack(Problem(2, 3, targets=targets, lengths=True), LSTM(), 4, layers=2)
    xs, lengths = np.random.default_rng(0).standard_normal((5, 3, 2)), np.array([2, 5, 1])
    run = program(model)
    together, end = run.forward(model.zero_state(3), Batch(xs, None, lengths))
    for k, steps in enumerate(lengths):
        one = slice(k, k + 1)
        alone, last = run.forward(model.zero_state(1), Batch(xs[:steps, one], None))
        part = together[one] if targets == "one" else together[:steps, one]
        np.testing.assert_allclose(part, alone, rtol=1e-12)
        for path in end:
            for ours, theirs in zip(end[path], last[path], strict=True):
                np.testing.assert_allclose(ours[one], theirs, rtol=1e-12)


def test_one_hot_is_an_embedding_in_the_identity():
    problem = Problem(4, 2, tokens=True)
    one_hot, embedded = stack(problem, Elman(), 3), stack(problem, Elman(), 3, embedding=4)
    params = one_hot.initial(0)
    tokens = np.array([[0, 3], [1, 1], [2, 0]])
    ours, _ = apply(one_hot, tokens, params)
    theirs, _ = apply(embedded, tokens, params | {"embedding": {"w": np.eye(4)}})
    assert np.array_equal(ours, theirs)


def test_the_state_carries_on():
    model = stack(Problem(2, 1), LSTM(), 3, layers=2)
    xs = np.random.default_rng(0).standard_normal((6, 2, 2))
    whole, end = apply(model, xs)
    first, middle = apply(model, xs[:2])
    second, end_too = apply(model, xs[2:], state=middle)
    assert np.array_equal(whole, np.concatenate([first, second]))
    assert list(end) == ["layers.0", "layers.1"]
    assert all(np.array_equal(end[path], end_too[path]) for path in end)


def test_one_step_at_a_time_is_the_whole():
    model = stack(Problem(2, 1), LSTM(), 3, layers=2)
    xs = np.random.default_rng(0).standard_normal((6, 2, 2))
    whole, _ = apply(model, xs)
    stepping, steps = program(model), []
    memory, state = stepping.begin(Batch(xs, None))
    for x in xs:
        outputs, state = stepping.advance(memory, state, Batch(x[None], None))
        steps.append(outputs[0])
    np.testing.assert_allclose(steps, whole, rtol=1e-12)


#: Kinds of input and of targets.
TOKENS = Problem(6, 6, tokens=True, loss="cross-entropy")
KINDS = {
    "real": {"problem": Problem(3, 2)},
    "real, one": {"problem": Problem(3, 2, targets="one")},
    "one-hot": {"problem": TOKENS},
    "embedding": {"problem": TOKENS, "embedding": 3},
}


def test_flops_by_hand():
    # 7 steps of 5 examples through elman 3 → 4 and 4 → 4; 2 outputs, at every step or at the last.
    layers = 7 * 5 * (2 * 4 * (3 + 4) + 2 * 4 * (4 + 4))
    no_gradient = 7 * 5 * 2 * 3 * 4

    def flops(problem, embedding=0):
        model = stack(problem, Elman(), 4, layers=2, embedding=embedding)
        inputs = np.zeros((7, 5), int) if problem.tokens else np.zeros((7, 5, 3))
        return count_flops(model, Batch(inputs, None))

    every = layers + 7 * 5 * 2 * 4 * 2
    steps = StepProducts((5, 4, 4), 7 * 2 * 2 * (5 * 2 * 4 * 4))
    assert flops(Problem(3, 2)) == Flops(every, 3 * every - no_gradient, steps)
    last = layers + 5 * 2 * 4 * 2
    assert flops(Problem(3, 2, targets="one")) == Flops(last, 3 * last - no_gradient, steps)
    tokens = flops(Problem(3, 2, tokens=True))
    assert tokens == Flops(every, 3 * every - no_gradient, steps)
    assert flops(Problem(50, 2, tokens=True), embedding=3) == Flops(every, 3 * every, steps)


@pytest.mark.parametrize(
    ("cell", "shape", "products"),
    [
        (LSTM(), (5, 4, 16), 1),
        (GRU(), (5, 4, 12), 1),
        (ResetBeforeGRU(), (5, 4, 8), 1.5),  # and one of half that size, after the gates
        (MinGRU(), None, 0),  # its steps are elementwise
    ],
    ids=str,
)
def test_products_of_the_state_wait_for_each_other(cell, shape, products):
    model = Model(Stack(bidirectional="sum"), Spec(Problem(3, 2), cell, 4))
    found = count_flops(model, Batch(np.zeros((7, 5, 3)), None)).steps
    assert found == (shape and StepProducts(shape, 7 * 2 * products * 2 * 2 * math.prod(shape)))


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cell", [Elman(), LSTM(), GRU()], ids=str)
def test_flops_are_those_of_the_products_in_a_program(cell, kind, layers):
    model = stack(cell=cell, hidden=4, layers=layers, **KINDS[kind])
    state, batch = small_input(model, 0)
    examples = batch.inputs.shape[1]
    counting = program(model)
    counting.native = tree_map(lambda array: array.view(Counting), counting.native)
    flops = count_flops(model, batch)
    assert counted(counting.forward, state, batch) == flops.forward
    # The oracle alone spares the gradient of the initial state, which kernels compute.
    of_initial_state = layers * examples * len(cell.gates) * 2 * 4 * 4
    assert counted(counting.gradient, state, batch) == flops.train_step - of_initial_state


def test_flops_of_a_cell_that_is_not_portable_are_unknown():
    class Unportable(Elman):
        """Its step is NumPy's alone."""

        def step(self, xp, p, x, state):
            return (np.tanh(x @ p["w_x"][0]),)

    assert (
        count_flops(stack(Problem(3, 2), Unportable(), 4), Batch(np.zeros((7, 5, 3)), None)) is None
    )
