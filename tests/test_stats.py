import math
import statistics

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from rnnbench.stats import Estimate, mean, median, ratio

TIMES = st.floats(1e-6, 1e3)


@pytest.mark.parametrize("n", [6, 15])
def test_the_interval_of_the_median_covers_it(n):
    """Of 400 skewed samples at least 95 % do, less three standard errors of the simulation."""
    rng = np.random.default_rng(n)
    estimates = [median(rng.exponential(size=n)) for _ in range(400)]
    covered = np.mean([e.low <= math.log(2) <= e.high for e in estimates])
    assert covered > 0.95 - 3 * math.sqrt(0.05 * 0.95 / 400)


@pytest.mark.parametrize("n", range(1, 6))
def test_fewer_than_six_samples_give_no_interval(n):
    assert median(list(range(n))) == Estimate((n - 1) / 2)


@given(st.lists(TIMES, min_size=6, max_size=40))
def test_the_interval_of_the_median_is_made_of_samples(samples):
    found = median(samples)
    assert found.value == np.median(samples)
    assert {found.low, found.high} <= set(samples)
    assert found.low <= found.value <= found.high


@given(st.lists(st.tuples(TIMES, TIMES), min_size=1, max_size=20), st.floats(1e-3, 1e3))
def test_ratios_are_taken_within_rounds(rounds, factor):
    """What scales both rows of a round alike cancels."""
    slow, fast = zip(*rounds, strict=True)
    drifting = [factor ** (k % 3) for k in range(len(rounds))]
    scaled = ratio(
        [a * d for a, d in zip(slow, drifting, strict=True)],
        [b * d for b, d in zip(fast, drifting, strict=True)],
    )
    assert scaled.value == pytest.approx(ratio(slow, fast).value)


def test_a_ratio_needs_the_same_rounds():
    with pytest.raises(ValueError, match="shorter"):
        ratio([1.0, 2.0], [1.0])


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=10))
def test_the_interval_of_the_mean_is_students(samples):
    found = mean(samples)
    half = scipy.stats.t.ppf(0.975, len(samples) - 1) * statistics.stdev(samples)
    half /= math.sqrt(len(samples))
    assert found.high - found.value == pytest.approx(half, abs=1e-9)
    assert found.value - found.low == pytest.approx(half, abs=1e-9)


def test_one_sample_has_a_mean_and_no_interval():
    assert mean([3.0]) == Estimate(3.0)


def test_precision_is_half_the_relative_width():
    assert Estimate(2.0, 1.9, 2.3).precision == pytest.approx(0.1)
    assert Estimate(2.0).precision == math.inf
