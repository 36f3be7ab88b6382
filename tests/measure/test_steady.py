import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnbench.measure.steady import FEWEST_ROUNDS, change, concordance, drift, steady_from

ROUNDS = 60


def noise(seed, rounds=ROUNDS, spread=0.02):
    return np.random.default_rng(seed).normal(0, spread, rounds)


def climb(height, rounds=ROUNDS):
    return np.linspace(0, height, rounds)


def test_a_row_at_rest_is_steady_from_the_start():
    assert steady_from([noise(1)], []) == 0
    assert steady_from([noise(k) for k in range(3)], [noise(k) for k in range(3, 6)]) == 0


def test_a_slow_start_is_left_out():
    start = np.where(np.arange(ROUNDS) < ROUNDS // 2, np.linspace(0.6, 0, ROUNDS), 0.3)
    assert steady_from([start - 0.3 + noise(1)], [noise(2)]) == ROUNDS // 2


@pytest.mark.parametrize("height", [0.5, -0.5])
def test_a_row_that_drifts_to_the_end_is_never_steady(height):
    own = [climb(height) + noise(k) for k in range(3)]
    assert steady_from(own, []) is None
    assert steady_from(own, [noise(k) for k in range(3, 6)]) is None


def test_a_drift_that_the_other_rows_share_is_the_machines():
    assert steady_from([climb(0.5) + noise(1)], [climb(0.5) + noise(2)]) == 0


def test_a_drift_of_the_others_is_not_the_rows():
    assert steady_from([noise(1)], [climb(0.5) + noise(2)]) == 0


def test_a_row_that_drifts_against_its_neighbours_drift_is_told_by_its_own():
    assert steady_from([climb(0.3) + noise(1)], [climb(1.0) + noise(2)]) == 0
    assert steady_from([climb(1.0) + noise(1)], [climb(0.3) + noise(2)]) is None


@pytest.mark.parametrize("processes", [1, 3])
def test_noise_is_rarely_taken_for_a_drift(processes):
    """Of 1000 noisy rows at most 1 %, and three standard errors of that, are not steady from 0."""
    rng = np.random.default_rng(processes)
    rows = rng.standard_normal((1000, 2, processes, 30))  # so wild that any drift is large enough
    alarms = sum(steady_from(list(own), list(others)) != 0 for own, others in rows)
    assert alarms <= 10 + 3 * np.sqrt(10)


def test_a_small_drift_does_not_matter_however_sure():
    assert drift([climb(0.04) + noise(1, spread=1e-4)]) == 0.0
    assert drift([climb(0.2) + noise(1, spread=1e-4)]) == pytest.approx(0.133, abs=0.01)


@pytest.mark.parametrize("rounds", range(FEWEST_ROUNDS))
def test_few_rounds_cannot_tell(rounds):
    assert drift([climb(1.0, rounds)]) == 0.0
    assert steady_from([climb(1.0, rounds)], []) == 0


def test_disturbed_rounds_are_left_out():
    times = climb(1.0) + noise(1)
    times[::3] = np.nan
    assert drift([times]) > 0.5
    assert drift([np.full(ROUNDS, np.nan)]) == 0.0


@given(st.lists(st.floats(-10, 10), min_size=3, max_size=20))
def test_turned_round_in_time_a_drift_is_the_opposite(samples):
    times = np.array(samples)
    assert concordance(times[::-1]) == -concordance(times)
    assert change(times[::-1]) == -change(times)


@given(st.integers(2, 30))
def test_a_steady_climb_has_every_pair_in_order(rounds):
    assert concordance(climb(1.0, rounds)) == rounds * (rounds - 1) // 2
