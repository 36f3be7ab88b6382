import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rnnbench.measure.estimates import Effect, across
from rnnbench.measure.verdicts import DELTA, different, equivalent, rejected, verdicts


def effect(centre, error, freedom=9.0):
    """Return an effect with the interval that belongs to its error."""
    from scipy.stats import t

    half = t.ppf(0.975, freedom) * error
    return Effect(centre, centre - half, centre + half, error, freedom)


@pytest.mark.parametrize(
    ("centre", "error", "verdict"),
    [
        (-0.1, 0.01, "faster"),
        (0.1, 0.01, "slower"),
        (0.001, 0.001, "same"),
        (0.01, 0.001, "same"),  # a difference that is real and too small to matter
        (0.01, 0.01, "undecided"),
        (0.1, 0.1, "undecided"),
        (0.0, 0.0, "same"),
        (0.1, 0.0, "slower"),
    ],
)
def test_a_ratio_is_faster_slower_the_same_or_undecided(centre, error, verdict):
    assert verdicts([effect(centre, error)]) == [verdict]


def test_without_an_error_there_is_no_verdict():
    judged = verdicts([None, effect(0.1, 0.01), Effect(0.1, 0.09, 0.11), Effect(0.0, 0.0, 0.0)])
    assert judged == [None, "slower", None, None]
    assert verdicts([]) == []


def test_what_has_no_verdict_costs_the_others_nothing():
    close = effect(0.1, 0.04)
    assert verdicts([close, *[None] * 50]) == ["slower", *[None] * 50]
    assert verdicts([close, *[effect(0.0, 1.0)] * 50])[0] == "undecided"


@given(st.floats(-0.06, 0.06), st.floats(1e-4, 0.05), st.integers(2, 20), st.floats(0.005, 0.1))
def test_alone_a_row_is_the_same_exactly_when_its_interval_lies_within(
    centre, error, freedom, delta
):
    judged = effect(centre, error, freedom)
    ends = (judged.low - math.log1p(-delta), math.log1p(delta) - judged.high)
    assume(min(map(abs, ends)) > 1e-9)
    assert (verdicts([judged], delta) == ["same"]) == (min(ends) > 0)


@given(st.floats(-0.2, 0.2), st.floats(1e-4, 0.1), st.integers(2, 20))
def test_alone_a_row_differs_exactly_when_its_interval_leaves_out_1(centre, error, freedom):
    judged = effect(centre, error, freedom)
    assume(min(abs(judged.low), abs(judged.high)) > 1e-9)
    assert (different(judged) <= 0.05) == (judged.low > 0 or judged.high < 0)


def test_holms_procedure_on_a_worked_example():
    # In order 0.005, 0.011, 0.02, 0.04, held against 0.05 over 4, 3, 2, 1: all of them pass.
    assert rejected([0.011, 0.02, 0.005, 0.04]) == [True] * 4
    # 0.01 ≤ 0.0125, then 0.02 > 0.0167: it stops, though 0.03 ≤ 0.05.
    assert rejected([0.03, 0.01, 0.02, 0.03]) == [False, True, False, False]
    assert rejected([0.02, 0.02, 0.02]) == [False] * 3
    assert rejected([]) == []


def test_ratios_that_were_chosen_count_for_all_they_were_chosen_from():
    assert rejected([0.011, 0.02], 10) == [False, False]
    assert rejected([0.004, 0.0055, 0.0063], 10) == [True, True, False]
    close = effect(0.1, 0.04)
    assert verdicts([close], tests=1) == ["slower"]
    assert verdicts([close], tests=6) == ["undecided"]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_rejects_no_less_than_bonferroni_and_no_more_than_each_alone(p_values):
    found = rejected(p_values)
    for p, rejects in zip(p_values, found, strict=True):
        assert rejects or p > 0.05 / len(p_values)
        assert not rejects or p <= 0.051


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8).flatmap(st.permutations))
def test_holm_does_not_care_for_the_order(p_values):
    pairs = zip(p_values, rejected(p_values), strict=True)
    assert sorted(pairs) == list(zip(sorted(p_values), rejected(sorted(p_values)), strict=True))


@given(st.floats(-0.1, 0.1), st.floats(1e-4, 0.1), st.integers(2, 20))
def test_p_values_are_probabilities_and_symmetric(centre, error, freedom):
    here, there = effect(centre, error, freedom), effect(-centre, error, freedom)
    assert 0 <= different(here) <= 1
    assert different(here) == pytest.approx(different(there), abs=1e-12)
    assert 0 <= equivalent(here, DELTA) <= 1


def tables(ratio, seed, count=1000, rows=6, processes=4):
    """Return the verdicts of simulated tables whose ratios are all the same."""
    noise = np.random.default_rng(seed).standard_normal((count, rows, processes, 1))
    for table in math.log(ratio) + 0.01 * noise:
        yield verdicts([across(list(row)) for row in table])


#: Of 1000 tables, 5 % and three standard errors.
FEW = 50 + 3 * math.sqrt(1000 * 0.05 * 0.95)


def test_where_nothing_differs_few_tables_claim_that_something_does():
    wrong = sum(not {"faster", "slower"}.isdisjoint(table) for table in tables(1.0, 1))
    assert 0 < wrong <= FEW


def test_where_everything_differs_enough_few_tables_claim_that_something_does_not():
    wrong = sum("same" in table for table in tables(1 + DELTA, 2))
    assert 0 < wrong <= FEW


def test_rows_held_against_the_fastest_are_no_more_often_called_slower():
    """The base is chosen by the data, which makes the others look slower than they are."""
    rng = np.random.default_rng(3)
    wrong = 0
    for _ in range(1000):
        times = 0.1 * rng.standard_normal((5, 5, 1))  # rows, processes, rounds
        base = min(times, key=np.mean)
        effects = [across(list(row - base)) for row in times if row is not base]
        wrong += not {"faster", "slower"}.isdisjoint(verdicts(effects, tests=10))
    assert wrong <= FEW
