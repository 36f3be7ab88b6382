import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from specimens import samples

from rnnbench.measure.estimates import Effect, across
from rnnbench.measure.ratios import clean_times, fastest, is_better, leader, log_times, low, ratio


def logs(*milliseconds):
    return np.log(np.array(milliseconds) / 1e3)


def test_clean_times_have_holes_where_blocks_were_disturbed():
    blocks = samples([1.0] * 8) + samples([9.0], lost=0.5)
    (times,) = clean_times([blocks])
    np.testing.assert_allclose(times, [*logs(*[1.0] * 8), np.nan])
    (later,) = clean_times([blocks], 6)
    np.testing.assert_allclose(later, [*logs(1.0, 1.0), np.nan])


def test_the_quiet_level_is_judged_over_all_rounds_also_those_before_it_is_steady():
    (times,) = clean_times([samples([1.0] * 8) + samples([2.0], lost=0.5)], 8)
    assert np.isnan(times).all()


@given(
    st.lists(st.tuples(st.floats(0.1, 9), st.floats(0.1, 9)), min_size=1, max_size=20),
    st.floats(1e-3, 1e3),
)
def test_what_scales_both_rows_of_a_round_alike_cancels(rounds, factor):
    row, base = (logs(*times) for times in zip(*rounds, strict=True))
    weather = np.log(factor) * (np.arange(len(rounds)) % 3)
    expected = ratio([row], [base]).centre
    assert ratio([row + weather], [base + weather]).centre == pytest.approx(expected, abs=1e-9)


def test_a_ratio_is_over_the_rounds_in_which_both_were_clean():
    row = np.array([2.0, np.nan, 2.0, 9.0])
    base = np.array([1.0, 1.0, 1.0, np.nan])
    assert ratio([row], [base]).centre == 1.0
    assert ratio([np.array([np.nan, 1.0])], [np.array([1.0, np.nan])]) is None


def test_a_row_that_was_steady_later_is_held_against_the_same_rounds():
    weather = np.array([5.0, 7.0, 1.0, 3.0])
    assert ratio([weather[2:] + 1], [weather]).centre == 1.0
    assert ratio([weather], [weather[3:] + 1]).centre == -1.0


def test_a_ratio_needs_the_same_processes():
    with pytest.raises(ValueError, match="zip"):
        ratio([logs(1.0)], [logs(1.0), logs(1.0)])


def test_the_fastest_row_is_the_one_with_the_shortest_time_in_all_its_processes():
    rows = {
        "a": [logs(*[2.0] * 6), logs(2.0)],
        "b": [logs(*[1.0] * 6), logs(2.0)],
        "hardly ever clean": [np.array([*logs(*[0.1] * 5), np.nan])],
        "never clean": [np.array([np.nan]), logs(0.1)],
    }
    times = {name: across(row) for name, row in rows.items()}
    assert fastest(times) == "b"
    assert fastest({name: times[name] for name in rows if name.endswith("clean")}) is None
    assert fastest({}) is None


def test_the_leader_is_the_one_furthest_ahead_that_has_an_interval():
    base = Effect(0.0, 0.0, 0.0)
    found = {"base": base, "ahead": Effect(-0.1, -0.2, 0.1), "alone": Effect(-0.3), "none": None}
    assert leader(found) == "ahead"
    assert leader({"base": base, "none": None}) == "base"
    assert leader({"none": None}) is None


def test_another_base_is_better_if_no_ratio_is_lost_and_less_is_below_one():
    def effects(*centres):
        return [None if one is None else Effect(one, one - 0.1, one + 0.1) for one in centres]

    old = effects(0.0, -0.05, 0.2, None)
    assert is_better(effects(0.05, 0.0, 0.25, None), old)
    assert is_better(effects(0.05, 0.0, -0.02, None), old)
    assert not is_better(effects(0.05, 0.0, -0.06, None), old)  # a circle
    assert not is_better(effects(0.05, 0.0, None, None), old)
    assert not is_better([], [])


def test_the_low_estimate_is_over_all_blocks_clean_or_not():
    blocks = samples([1.0, *[2.0] * 18, 3.0], lost=0.0) + samples([9.0], lost=5.0)
    processes = [blocks, samples([1.0]), samples([4.0])]
    found = low(log_times(processes), np.array([1, 2]))
    assert found.tolist() == pytest.approx([2e-3, 2e-3])
