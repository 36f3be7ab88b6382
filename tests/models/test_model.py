import numpy as np
import pytest
from pieces import MODEL, Pieces, Twice

from rnnbench import LSTM, Batch, Model, Optimizer, Problem, Spec, Stack, UsageError
from rnnbench.oracle.backend import NumpyBackend
from rnnbench.oracle.small_input import small_input


def program(model):
    backend = NumpyBackend("cpu", "float64")
    params = model.initial(0)
    for group in params.values():
        group.update({name: array + 0.1 for name, array in group.items()})
    return backend.program(model, params, "autograd", Optimizer())


def inputs(steps=5, examples=3):
    return np.random.default_rng(0).standard_normal((steps, examples, 3))


def test_cost_is_the_loss_of_the_outputs():
    model = Model(Stack(), Spec(Problem(3, 1, targets="one"), LSTM(), 3))
    batch = Batch(inputs(), np.ones((3, 1)))
    state = model.zero_state(3)
    outputs, _ = program(model).forward(state, batch)
    loss, _ = program(model).gradient(state, batch)
    assert loss == pytest.approx(np.mean((outputs - batch.targets) ** 2), rel=1e-14)


def test_targets_that_a_network_has_no_outputs_for_are_refused():
    spec = Spec(Problem(3, 1, targets="one"), LSTM(), 3)
    with pytest.raises(UsageError, match="network 'pieces' is for targets 'every', not 'one'"):
        Model(Pieces(), spec)


def test_parts_are_known_by_their_path():
    within = [f"twice.{k}{name}" for k in (0, 1) for name in ("", ".before", ".after.all")]
    assert list(MODEL.parts) == ["layer", "counter", *within, "readout"]
    assert MODEL.parts["twice.1"] == Twice(4)


def test_parameters_and_states_are_those_of_the_parts_that_have_some():
    assert MODEL.initial(0).keys() == MODEL.parts.keys() - {"counter"}
    assert list(MODEL.zero_state(2)) == ["layer", "counter"]
    assert MODEL.zero_state(2)["counter"][0].shape == (2, 1)


def test_any_part_keeps_a_state():
    run, batch = program(MODEL), Batch(inputs(), None)
    _, state = run.forward(MODEL.zero_state(3), batch)
    assert state["counter"][0].tolist() == [[5.0]] * 3
    _, state = run.forward(state, batch)
    assert state["counter"][0].tolist() == [[10.0]] * 3
    assert [part.shape for part in state["layer"]] == [(3, 4)] * 2


def test_what_an_encoder_begins_with_goes_before_the_state_that_is_given():
    run = program(MODEL)
    _, state = run.forward(MODEL.zero_state(3), Batch(inputs(), None, lengths=np.array([1, 2, 3])))
    assert state["counter"][0].tolist() == [[6], [7], [8]]
    memory, state = run.begin(Batch(inputs(), None, lengths=np.array([1, 2, 3])))
    assert memory == "seen"
    assert state["counter"][0].tolist() == [[1], [2], [3]]


def test_noise_is_drawn_for_the_parts_that_want_it():
    batch = Batch(np.zeros((50, 3, 1)), None)
    first, again = (MODEL.noise(np.random.default_rng(1), batch) for _ in range(2))
    assert list(first) == ["twice.0", "twice.1"]
    for path, mask in first.items():
        assert (mask.dtype, mask.shape) == (bool, (50, 3, 4))
        assert 0.4 < mask.mean() < 0.6
        assert np.array_equal(mask, again[path])
    assert not np.array_equal(first["twice.0"], first["twice.1"])


def test_a_part_sees_its_own_noise():
    batch = Batch(inputs(), None)
    run, state = program(MODEL), MODEL.zero_state(3)
    all_kept = {path: np.ones((5, 3, 4), bool) for path in ("twice.0", "twice.1")}
    plain, _ = run.forward(state, batch)
    kept, _ = run.forward(state, batch._replace(noise=all_kept))
    assert np.array_equal(plain, kept)
    none_kept = all_kept | {"twice.1": np.zeros((5, 3, 4), bool)}
    dropped, _ = run.forward(state, batch._replace(noise=none_kept))
    assert np.ptp(dropped, axis=(0, 1)).max() == 0
    assert np.ptp(plain, axis=(0, 1)).min() > 0


def test_gradients_reach_parts_within_parts():
    state, batch = small_input(MODEL, 0)
    _, gradients = program(MODEL).gradient(state, batch)
    assert gradients.keys() == MODEL.initial(0).keys()
    assert all(array.any() for group in gradients.values() for array in group.values())
