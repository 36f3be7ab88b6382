import numpy as np
import pytest

from rnnbench import NumpyBackend, Run
from rnnbench.models.layers.clock import Clock
from rnnbench.models.network_part import Computation


def tell(clock, steps, state=None, batch=1, **options):
    """Return the places, what there was, and the state that is kept."""
    backend, kept = NumpyBackend("cpu", "float64"), {}
    state = backend.put(state or clock.zero_state(batch))
    shared = Computation(backend.xp, {}, {"clock": clock}, {}, {"clock": state}, {}, kept)
    xs = backend.put(np.zeros((steps, batch, 2)))
    places, there = Run(shared, "")("clock", xs, **options)
    return places, there, kept.get("clock")


def sines(times, width):
    rates = 10000.0 ** (-2 * np.arange((width + 1) // 2) / width)
    turns = np.asarray(times)[:, None] * rates
    return np.concatenate([np.sin(turns), np.cos(turns)], axis=1)[:, :width]


@pytest.mark.parametrize("window", [0, 3])
@pytest.mark.parametrize("width", [4, 5])
def test_places_are_sines_of_the_time(width, window):
    places, *_ = tell(Clock(width, window), 6)
    np.testing.assert_allclose(places[:, 0], sines(range(6), width), atol=1e-12)


def test_a_clock_that_is_carried_goes_on():
    clock = Clock(4, 3)
    whole, *_ = tell(clock, 7)
    first, _, state = tell(clock, 5)
    second, *_ = tell(clock, 2, state)
    np.testing.assert_allclose(np.concatenate([first, second]), whole, rtol=1e-12)


def test_it_knows_which_of_the_last_steps_there_were():
    clock = Clock(2, 3)
    _, there, state = tell(clock, 2, batch=2, lengths=np.array([2, 1]))
    assert there[:, 0].tolist() == [False] * 3 + [True] * 2
    _, there, _ = tell(clock, 1, state, batch=2)
    assert there.T.tolist() == [[False, True, True, True], [False, False, True, True]]


def test_padding_does_not_move_it():
    clock = Clock(4, 2)
    _, _, padded = tell(clock, 5, batch=2, lengths=np.array([5, 2]))
    for k, steps in enumerate((5, 2)):
        _, _, alone = tell(clock, steps)
        for ours, theirs in zip(padded, alone, strict=True):
            np.testing.assert_array_equal(ours[k : k + 1], theirs)


def test_one_that_begins_with_each_batch_has_no_state():
    places, there, kept = tell(Clock(4), 3)
    assert Clock(4).zero_state(2) == ()
    assert there is None
    assert kept is None
    assert places.shape == (3, 1, 4)
