import numpy as np
import pytest

from rnnbench import LSTM, Batch, Model, NumpyBackend, Optimizer, Problem, Spec, Stack
from rnnbench.errors import PluginError
from rnnbench.models.training.windows import refusal, windows
from rnnbench.oracle import parity
from rnnbench.oracle.small_input import small_input
from rnnbench.oracle.traces import named

PROBLEM = Problem(inputs=2, outputs=3)
BACKEND = NumpyBackend("cpu", "float64")


def batches(number, steps, resets=None):
    """Batches whose inputs tell their place in time."""
    rng = np.random.default_rng(0)
    for k in range(number):
        places = np.arange(k * steps, (k + 1) * steps)[:, None, None]
        yield Batch(
            places + np.zeros((steps, 4, 2)), rng.standard_normal((steps, 4, 3)), resets=resets
        )


def places(window):
    return window.inputs[:, 0, 0].astype(int).tolist()


def counted(window):
    every = [True] * len(window.inputs)
    return every if window.counted is None else window.counted[:, 0].tolist()


def test_windows_of_a_stream_reach_over_the_edges_of_batches():
    found = list(windows(batches(3, 4), 5, 5, carried=True))
    assert [places(one) for one in found] == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]
    assert {(one.counted, one.resets) for one in found} == {(None, None)}


def test_windows_of_sequences_end_with_them():
    found = list(windows(batches(2, 4), 2, 2, carried=False))
    assert [places(one) for one in found] == [[0, 1], [2, 3], [4, 5], [6, 7]]
    assert [one.resets.all() for one in found] == [True, False, True, False]


def test_windows_begin_sequences_where_batches_do():
    begins = np.array([True, False, False, True])
    found = list(windows(batches(1, 4, begins), 2, 2, carried=True))
    assert [one.resets.tolist() for one in found] == [begins.tolist(), [False] * 4]


@pytest.mark.parametrize("carried", [True, False])
@pytest.mark.parametrize(("window", "stride"), [(2, 1), (4, 2), (4, 4), (8, 3), (5, 3)])
def test_every_target_counts_once(carried, window, stride):
    found = windows(batches(3, 8), window, stride, carried)
    told = [
        place
        for one in found
        for place, counts in zip(places(one), counted(one), strict=True)
        if counts
    ]
    assert told == sorted(set(told))
    if carried:
        assert told == list(range(len(told)))
        assert len(told) > 24 - stride
    else:
        assert told == list(range(24))


@pytest.mark.parametrize(("window", "stride"), [(5, 5), (5, 3)])
def test_the_last_window_of_a_sequence_is_shorter(window, stride):
    """It has the loss and the gradient of what is left; all windows have one form."""
    first, last = windows(batches(1, 7), window, stride, carried=False)
    form = [[array is None or array.shape for array in one] for one in (first, last)]
    assert form[0] == form[1]
    whole = next(batches(1, 7))
    late = np.arange(stride, 7)[:, None] >= window
    rest = Batch(whole.inputs[stride:], whole.targets[stride:])
    rest = rest._replace(counted=np.broadcast_to(late, rest.inputs.shape[:2]))
    state = {"layers.0": tuple(np.full((4, 3), value) for value in (0.3, -0.2))}
    expected = program(0).gradient(state, rest)
    found = program(stride).gradient(state, last)
    assert found[0] == pytest.approx(expected[0], rel=1e-14)
    assert parity.worst(named("", found[1]), named("", expected[1])).error < 1e-14


def padded(lengths, resets=None, steps=6):
    """A batch of sequences of several lengths, whose inputs tell their place in time."""
    places = np.arange(steps)[:, None, None]
    count = len(lengths)
    inputs = places + np.zeros((steps, count, 2))
    return Batch(inputs, np.zeros((steps, count, 3)), np.array(lengths), resets=resets)


@pytest.mark.parametrize("stride", [3, 1])
def test_padding_does_not_count_and_no_window_is_padding_alone(stride):
    found = list(windows([padded([1, 4]), padded([2, 3])], 3, stride, carried=False))
    assert all(one.counted.any() and one.lengths is None for one in found)
    told = [
        (example, place)
        for one in found
        for step, place in enumerate(places(one))
        for example in np.flatnonzero(one.counted[step])
    ]
    expected = [(0, 0), (1, 0), (1, 1), (1, 2), (1, 3), (0, 0), (0, 1), (1, 0), (1, 1), (1, 2)]
    assert sorted(told) == sorted(expected)


def test_a_sequence_that_has_ended_begins_anew_or_is_refused():
    begins = np.array([True, False])
    goes_on = [padded([3, 6], np.ones(2, bool)), padded([6, 2], begins)]
    assert len(list(windows(goes_on, 3, 3, carried=True))) == 4
    with pytest.raises(PluginError, match="ended goes on"):
        list(windows([goes_on[0], padded([6, 2], ~begins)], 3, 3, carried=True))


def test_a_window_of_whole_sequences_has_their_gradient_whatever_stands_at_padding():
    rng, lengths = np.random.default_rng(2), np.array([2, 6])
    batch = Batch(rng.normal(size=(6, 2, 2)), rng.normal(size=(6, 2, 3)), lengths)
    there = np.arange(6)[:, None, None] < lengths[:, None]
    garbage = batch._replace(inputs=np.where(there, batch.inputs, 9.0))
    state = program(0).model.zero_state(2)
    loss, gradient = program(0).gradient(state, batch)
    for one in (batch, garbage):
        (window,) = windows([one], 6, 6, carried=False)
        found = program(0).gradient(state, window)
        assert found[0] == pytest.approx(loss, rel=1e-14)
        assert parity.worst(named("", found[1]), named("", gradient)).error < 1e-14


def test_no_batches_have_no_windows():
    assert list(windows([], 2, 2, carried=True)) == []


def program(stride):
    model = Model(Stack(), Spec(PROBLEM, LSTM(), hidden=3, stride=stride))
    return BACKEND.program(model, model.initial(1), "autograd", Optimizer())


def drawn():
    state, batch = small_input(program(0).model, 1)
    mask = np.arange(len(batch.inputs))[:, None] >= 3
    return state, batch._replace(counted=np.broadcast_to(mask, batch.inputs.shape[:2]))


def test_a_gradient_goes_back_through_the_whole_window():
    state, batch = drawn()
    whole, split = (program(stride).gradient(state, batch) for stride in (0, 2))
    assert split[0] == pytest.approx(whole[0])
    found = parity.worst(named("", split[1]), named("", whole[1]))
    assert found.error < 1e-14


def test_what_does_not_count_is_no_part_of_the_loss():
    state, batch = drawn()
    other = batch._replace(targets=np.where(batch.counted[..., None], batch.targets, 9.0))
    assert program(2).gradient(state, other)[0] == program(2).gradient(state, batch)[0]


def test_the_state_handed_on_is_that_after_the_stride():
    state, batch = drawn()
    _, carried = program(2).train_step(state, batch)
    _, expected = program(0).forward(state, Batch(batch.inputs[:2], batch.targets[:2]))
    for ours, theirs in zip(carried["layers.0"], expected["layers.0"], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-14)


@pytest.mark.parametrize(
    ("problem", "options", "sizes", "why"),
    [
        (Problem(1, 1, targets="one"), {}, (8, 4, 4, False), "a target at every step"),
        (Problem(1, 1, lengths=True), {}, (8, 4, 4, True), "several lengths"),
        (Problem(1, 1, lengths=True), {}, (8, 4, 2, False), None),
        (Problem(1, 1, lengths=True, resets=True), {}, (8, 4, 4, True), None),
        (PROBLEM, {"bidirectional": "sum"}, (8, 4, 4, False), "reads later inputs"),
        (PROBLEM, {}, (8, 4, 5, True), "stride = 5 is longer than window = 4"),
        (PROBLEM, {}, (8, 9, 9, False), "window = 9 is longer than a sequence, which has 8 steps"),
        (
            PROBLEM,
            {},
            (8, 5, 5, False),
            None,
        ),
        (Problem(1, 1, resets=True), {}, (8, 3, 3, True), "divides 8"),
        (Problem(1, 1, resets=True), {}, (8, 4, 2, True), "that overlap"),
        (PROBLEM, {}, (8, 9, 2, True), None),
        (PROBLEM, {}, (8, 4, 2, False), None),
        (Problem(1, 1, resets=True), {}, (8, 4, 4, True), None),
    ],
)
def test_what_can_not_be_cut_is_told(problem, options, sizes, why):
    found = refusal(problem, Stack(**options), *sizes)
    assert found is None if why is None else why in found
