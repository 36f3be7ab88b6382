import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from specimens import samples

from rnnbench.measure.estimates import across
from rnnbench.measure.ratios import FLOOR, clean_times, disturbed, fastest, log_times, low, ratio
from rnnbench.schema.sample import Sample

MS = 1_000_000


def losing(shares):
    """Return blocks of 50 ms that lost these shares of it."""
    return [Sample(5, 50 * MS, 50 * MS, 0, int(share * 50 * MS), 0) for share in shares]


def logs(*milliseconds):
    return np.log(np.array(milliseconds) / 1e3)


@pytest.mark.parametrize("rounds", [8, 30])
@pytest.mark.parametrize("shape", [2, 20])
@pytest.mark.parametrize("level", [0.0, 2.0])
def test_a_quiet_run_keeps_at_least_half(level, shape, rounds):
    """However much its threads wait for each other, as long as it is much the same each time."""
    rng = np.random.default_rng(shape)
    runs = [losing(level + rng.gamma(shape, size=rounds) / shape) for _ in range(200)]
    kept = np.array([np.mean(~disturbed([run])) for run in runs])
    assert kept.mean() > 0.7
    assert kept.min() >= 0.5


@given(st.lists(st.floats(0, FLOOR / 2), min_size=1, max_size=50), st.floats(0, 2))
def test_what_is_lost_within_the_floor_disturbs_nothing(shares, level):
    assert not disturbed([losing([level + share for share in shares])]).any()


@given(st.integers(6, 60), st.floats(0, 2), st.floats(0.1, 5), st.data())
def test_a_block_that_lost_much_more_than_the_others_is_set_aside(rounds, level, excess, data):
    hit = data.draw(st.integers(0, rounds - 1))
    shares = np.full(rounds, level)
    shares[hit] += excess
    assert np.flatnonzero(disturbed([losing(shares)])).tolist() == [hit]


def test_stolen_time_counts_as_waiting_does():
    stolen = Sample(5, 50 * MS, 50 * MS, 0, None, 25 * MS)
    quiet = Sample(5, 50 * MS, 50 * MS, 0, None, 0)
    assert disturbed([[quiet] * 9 + [stolen]]).tolist() == [False] * 9 + [True]


def test_where_nothing_is_counted_nothing_is_set_aside():
    unknown = Sample(5, 50 * MS, 50 * MS, 0)
    assert not disturbed([[unknown] * 9 + losing([3.0])]).any()
    assert disturbed([]).tolist() == []


def test_each_process_is_judged_by_itself():
    one, other, few = losing([0.0] * 9 + [1.0]), losing([1.0] * 10), losing([1.0, 2.0])
    alone = [disturbed([process]) for process in (one, other, few)]
    assert disturbed([one, other, few]).tolist() == np.concatenate(alone).tolist()


def test_a_process_that_counts_waiting_alone_is_judged_by_it():
    waiting = [Sample(5, 50 * MS, 50 * MS, 0, lost * MS, None) for lost in [0] * 9 + [25]]
    assert disturbed([waiting]).tolist() == [False] * 9 + [True]


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
        "a": [logs(2.0), logs(2.0)],
        "b": [logs(1.0), logs(2.0)],
        "never clean": [np.array([np.nan]), logs(0.1)],
    }
    times = {name: across(row) for name, row in rows.items()}
    assert fastest(times) == "b"
    assert fastest({"never clean": times["never clean"]}) is None
    assert fastest({}) is None


def test_the_low_estimate_is_over_all_blocks_clean_or_not():
    blocks = samples([1.0, *[2.0] * 18, 3.0], lost=0.0) + samples([9.0], lost=5.0)
    processes = [blocks, samples([1.0]), samples([4.0])]
    found = low(log_times(processes), np.array([1, 2]))
    assert found.tolist() == pytest.approx([2e-3, 2e-3])
