import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnbench.measure.estimates import (
    CONFIDENCE,
    QUANTILES,
    Effect,
    Estimate,
    across,
    difference,
    effects,
    means,
    named,
)
from rnnbench.measure.groups import Groups

TIMES = st.floats(1e-6, 1e3)
LOGARITHMS = st.floats(-3, 3)
ERRORS = st.floats(1e-3, 1)


@pytest.fixture(scope="module")
def stats():
    """What judges: imported here, as every process of the tests reads this file."""
    import scipy.stats

    return scipy.stats


def sure(trials):
    """Return the least share of 95 % that so many trials show, but once in 700."""
    return 0.95 - 3 * math.sqrt(0.05 * 0.95 / trials)


@pytest.mark.parametrize("n", [6, 15])
def test_the_interval_of_the_median_covers_it(n):
    rng = np.random.default_rng(n)
    estimates = [across([rng.exponential(size=n)]) for _ in range(400)]
    covered = np.mean([e.low <= math.log(2) <= e.high for e in estimates])
    assert covered > sure(400)


@pytest.mark.parametrize("n", range(1, 6))
def test_fewer_than_six_samples_give_no_interval(n):
    assert across([np.arange(n)]) == Effect((n - 1) / 2)


@given(st.lists(TIMES, min_size=6, max_size=40))
def test_the_interval_of_the_median_is_made_of_samples(samples):
    found = across([np.array(samples)])
    assert found.centre == np.median(samples)
    assert {found.low, found.high} <= set(samples)
    assert found.low <= found.centre <= found.high


def test_the_quantiles_that_are_written_down_are_students(stats):
    freedoms = range(1, 1 + len(QUANTILES))
    expected = [stats.t.ppf((1 + CONFIDENCE) / 2, freedom) for freedom in freedoms]
    assert expected == pytest.approx(QUANTILES, rel=1e-13)


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=14))
def test_the_interval_of_the_mean_is_students(stats, samples):
    (found,) = means(Groups.of([samples]))
    half = stats.t.ppf(0.975, len(samples) - 1) * statistics.stdev(samples)
    half /= math.sqrt(len(samples))
    assert found.high - found.value == pytest.approx(half, abs=1e-9)
    assert found.value - found.low == pytest.approx(half, abs=1e-9)


def test_one_sample_has_a_mean_and_no_interval():
    assert means(Groups.of([[3.0]])) == [Estimate(3.0)]


@given(st.lists(st.lists(st.floats(-1e3, 1e3), max_size=5), max_size=9))
def test_means_of_many_groups_are_those_of_each_alone(groups):
    alone = [means(Groups.of([group]))[0] for group in groups]
    assert means(Groups.of(groups)) == alone
    assert [one is None for one in alone] == [not group for group in groups]


def test_precision_is_half_the_relative_width():
    assert Estimate(2.0, 1.9, 2.3).precision == pytest.approx(0.1)
    assert Estimate(2.0).precision == math.inf


@pytest.mark.parametrize("processes", [3, 5])
@pytest.mark.parametrize(("between", "within"), [(0.02, 0.05), (0.1, 0.01)])
def test_the_interval_across_processes_covers_the_truth(processes, between, within):
    rng = np.random.default_rng(processes)
    covered = []
    for _ in range(1000):
        levels = between * rng.standard_normal((processes, 1))
        found = across(list(levels + within * rng.standard_normal((processes, 9))))
        covered.append(found.low <= 0 <= found.high)
    assert np.mean(covered) > sure(1000)


def test_across_processes_the_interval_is_students_over_their_medians(stats):
    groups = [np.array([0.0, 1.0, 9.0]), np.array([2.0, 2.0]), np.array([3.5, np.nan, 4.5])]
    found = across(groups)
    low, high = stats.t.interval(0.95, 2, 7 / 3, stats.sem([1.0, 2.0, 4.0]))
    assert found.centre == pytest.approx(7 / 3)
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))
    assert found.error == pytest.approx(stats.sem([1.0, 2.0, 4.0]))
    assert found.freedom == 2


@given(st.lists(st.lists(LOGARITHMS, min_size=1, max_size=9), min_size=1, max_size=2))
def test_fewer_than_three_processes_have_the_interval_of_their_rounds_and_no_error(groups):
    found = across(list(map(np.array, groups)))
    assert found == across([np.concatenate(groups)])
    assert found.error is None


ROWS = st.lists(st.lists(st.lists(LOGARITHMS | st.just(math.nan), max_size=8), max_size=5))


@given(ROWS)
def test_figures_of_many_rows_are_those_of_each_alone(rows):
    samples = Groups.of([process for row in rows for process in row])
    found = effects(samples, np.array([len(row) for row in rows], int))
    assert found == [across(row) for row in rows]


@given(st.lists(LOGARITHMS, min_size=1, max_size=9), st.integers(1, 4))
def test_what_is_not_a_number_is_left_out(samples, processes):
    holes = np.array([math.nan, *samples, math.nan])
    assert across([holes] * processes) == across([np.array(samples)] * processes)


@pytest.mark.parametrize("groups", [[], [[]], [[1.0], []], [[1.0], [2.0], [math.nan]]])
def test_a_process_without_a_sample_leaves_no_figure(groups):
    assert across([np.array(group) for group in groups]) is None


@given(LOGARITHMS, LOGARITHMS, ERRORS, ERRORS, st.integers(3, 9), st.integers(3, 9))
def test_a_difference_is_welchs(stats, new, old, new_error, old_error, many, few):
    found = difference(
        Effect(new, error=new_error, freedom=many - 1),
        Effect(old, error=old_error, freedom=few - 1),
    )
    deviations = new_error * math.sqrt(many), old_error * math.sqrt(few)
    welch = stats.ttest_ind_from_stats(
        new, deviations[0], many, old, deviations[1], few, equal_var=False
    )
    assert found.centre == new - old
    p_value = 2 * min(found.beyond(0), 1 - found.beyond(0))
    assert p_value == pytest.approx(welch.pvalue, rel=1e-6, abs=1e-12)
    half = stats.t.ppf(0.975, found.freedom) * found.error
    assert (found.low, found.high) == pytest.approx((new - old - half, new - old + half))


def test_a_difference_with_too_few_processes_has_no_interval():
    known = Effect(2.0, 1.0, 3.0, error=0.1, freedom=2)
    assert difference(known, Effect(0.5, 0.4, 0.6)) == Effect(1.5)
    assert difference(Effect(0.5), known) == Effect(-1.5)


def test_a_difference_without_scatter_is_exact():
    exact = Effect(1.0, 1.0, 1.0, error=0.0, freedom=2)
    found = difference(exact, exact)
    assert (found.low, found.high, found.error) == (0.0, 0.0, 0.0)


@given(LOGARITHMS, LOGARITHMS, ERRORS, st.integers(2, 9))
def test_the_chance_of_lying_beyond_is_students(stats, centre, bound, error, freedom):
    found = Effect(centre, error=error, freedom=freedom).beyond(bound)
    expected = stats.t.sf((centre - bound) / error, freedom)
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-12)


def test_without_scatter_there_is_no_chance():
    exact = Effect(1.0, error=0.0, freedom=2)
    assert [exact.beyond(bound) for bound in (0.0, 1.0, 2.0)] == [0.0, 0.5, 1.0]


def test_without_an_error_there_is_no_p_value():
    with pytest.raises(ValueError, match="too few processes"):
        Effect(1.0, 0.5, 1.5).beyond(0.0)


def test_an_estimate_in_another_unit_keeps_what_is_not_known():
    assert Estimate(2.0, 1.0, 4.0).scaled(1e3) == Estimate(2000.0, 1000.0, 4000.0)
    assert named("x", Estimate(2.0).scaled(0.5)) == {"x": 1.0, "x_low": None, "x_high": None}
    assert named("x", None) == {"x": None, "x_low": None, "x_high": None}


def test_an_effect_is_told_as_a_figure():
    assert Effect(0.0, 0.0, math.log(2)).estimate == Estimate(1.0, 1.0, pytest.approx(2.0))
    assert Effect(0.0).estimate == Estimate(1.0)
