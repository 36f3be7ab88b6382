import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from rnnbench.measure.disturbance import FLOOR, LIMIT, TICK, beside_others, disturbed
from rnnbench.measure.groups import Groups
from rnnbench.schema.sample import Sample

MS = 1_000_000
#: What others compute over wall time, 10 %, 50 % and 90 % of blocks of 50 ms, as was measured in
#: busy ticks, which blur more than idle ones: quiet, and beside one and two processes that spin.
QUIET = {
    "numpy": (-0.1, 0.03, 0.1),
    "torch": (-0.1, 0.01, 0.2),
    "jax": (-0.1, -0.01, 0.1),
    "tensorflow": (-0.2, -0.02, 0.2),
}
BESIDE_ONE = {
    "numpy": (0.5, 0.78, 0.9),
    "torch": (0.5, 0.76, 0.9),
    "jax": (0.8, 0.97, 1.1),
    "tensorflow": (0.5, 0.79, 1.0),
}
BESIDE_TWO = {"numpy": 1.01, "torch": 1.05, "jax": 1.28, "tensorflow": 1.18}
#: The run-queue delay over wall time on a quiet machine: a framework's threads wait for each other.
WAITING = {"numpy": 0.001, "torch": 0.001, "jax": 0.5, "tensorflow": 0.12}
frameworks = pytest.mark.parametrize("framework", QUIET)


def losing(shares):
    """Return blocks of 50 ms that lost these shares of it."""
    return [Sample(5, 50 * MS, 50 * MS, 0, int(share * 50 * MS), 0) for share in shares]


def beside(shares, wall_ms=50, waiting=0.0):
    """Return blocks during which others computed these shares of their time."""
    waits = np.broadcast_to(waiting, len(shares)).tolist()
    wall = wall_ms * MS
    return [
        Sample(1, wall, wall, 0, int(wait * wall), 0, int(share * wall))
        for share, wait in zip(shares, waits, strict=True)
    ]


def of_threads(blocks, threads):
    """Return the same blocks of a row of so many threads."""
    return [replace(block, threads=threads) for block in blocks]


def drawn(rng, quantiles, rounds, wall_ms=50):
    """Return shares that scatter as in the table; the blur of ticks is less in longer blocks."""
    low, middle, high = quantiles
    spread = (high - low) / 2.563 * min(1, 50 / wall_ms)
    return middle + spread * rng.standard_normal(rounds)


def disturbed_shares(runs):
    """Return which share of the blocks of each run is disturbed; each is judged by itself."""
    return disturbed(runs).reshape(len(runs), -1).mean(axis=1)


@pytest.mark.parametrize("rounds", [8, 30])
@pytest.mark.parametrize("shape", [2, 20])
@pytest.mark.parametrize("level", [0.0, 2.0])
def test_a_quiet_run_keeps_at_least_half(level, shape, rounds):
    """However much its threads wait for each other, as long as it is much the same each time."""
    rng = np.random.default_rng(shape)
    runs = [losing(level + rng.gamma(shape, size=rounds) / shape) for _ in range(200)]
    kept = 1 - disturbed_shares(runs)
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


@frameworks
@pytest.mark.parametrize("wall_ms", [20, 50, 350])
@pytest.mark.parametrize("rounds", [1, 8, 30])
def test_more_than_half_of_a_quiet_run_is_kept_in_every_framework(framework, wall_ms, rounds):
    """Though its threads wait for each other, and ticks blur what others compute."""
    rng = np.random.default_rng(1)
    runs = []
    for _ in range(200):
        shares = drawn(rng, QUIET[framework], rounds, max(wall_ms, 50))
        waiting = WAITING[framework] * rng.gamma(20, size=rounds) / 20
        runs.append(beside(shares, wall_ms, waiting))
    kept = 1 - disturbed_shares(runs)
    assert kept.mean() > 0.75
    assert np.mean(kept >= 0.5) > 0.97


@frameworks
@pytest.mark.parametrize("wall_ms", [50, 350])
@pytest.mark.parametrize("rounds", [1, 2, 7, 40])
def test_beside_two_busy_neighbours_everything_is_disturbed(framework, wall_ms, rounds):
    """Also where a row has but one block, which is its own quiet level."""
    rng = np.random.default_rng(2)
    level, runs = BESIDE_TWO[framework], []
    for _ in range(100):
        shares = drawn(rng, (level - 0.2, level, level + 0.2), rounds, wall_ms)
        waiting = shares * rng.uniform(0.5, 1.5, rounds)
        runs.append(beside(shares, wall_ms, waiting))
    assert disturbed(runs).all()


@frameworks
def test_beside_one_busy_neighbour_hardly_a_block_passes(framework):
    rng = np.random.default_rng(3)
    shares = drawn(rng, BESIDE_ONE[framework], 2000)
    assert disturbed([beside(shares)]).mean() > 0.99


def test_a_neighbour_that_comes_for_a_while_disturbs_the_blocks_of_that_while():
    shares = [0.0] * 10 + [0.8] * 10 + [0.0] * 10
    assert np.flatnonzero(disturbed([beside(shares)])).tolist() == list(range(10, 20))


def test_a_long_block_is_judged_by_itself_and_a_short_one_with_its_neighbours():
    shares = [0.0, 0.2, 0.0, 0.0, 0.0, 0.3, 0.3, 0.3, 0.0, 0.0, 0.0]
    long, short = (disturbed([beside(shares, wall)]).tolist() for wall in (350, 50))
    assert long == [share > 0 for share in shares]
    assert np.flatnonzero(short).tolist() == [5, 6, 7]  # alone, 0.2 or 0.3 may be a tick


def test_short_blocks_are_judged_over_no_more_than_fifteen():
    def found(blocks):
        shares = [0.0] * 40 + [0.5] * blocks + [0.0] * 40
        return np.flatnonzero(disturbed([beside(shares, 5)])).tolist()

    assert found(7) == []
    assert found(8) == list(range(40, 48))


@given(
    st.integers(1, 40),
    st.sampled_from([5, 20, 50, 350]),
    st.floats(0, LIMIT),
    st.lists(st.floats(-1, 1), min_size=40, max_size=40),
)
def test_ticks_alone_disturb_nothing(rounds, wall_ms, level, blurs):
    """A sum of ticks is one off at most; single ones of that size don't matter."""
    shares = [level] * rounds
    hit = np.argmax(np.abs(blurs[:rounds]))
    shares[hit] += 0.99 * blurs[hit] * TICK / (wall_ms * MS)
    assert not disturbed([beside(shares, wall_ms)]).any()


@given(st.integers(1, 40), st.floats(20, 500), st.floats(0.01, 3), st.floats(0, 2))
def test_what_is_beyond_the_limit_by_more_than_a_tick_disturbs_every_block(
    rounds, wall_ms, excess, waiting
):
    share = LIMIT + TICK / (wall_ms * MS) + excess
    assert disturbed([beside([share] * rounds, wall_ms, waiting)]).all()


@given(st.integers(1, 40), st.floats(20, 500), st.floats(0.01, 2), st.data())
def test_more_from_others_never_makes_a_block_pass(rounds, wall_ms, more, data):
    drawn = data.draw(st.lists(st.floats(-0.3, 1.5), min_size=rounds, max_size=rounds))
    wall = Groups.of([[wall_ms * MS] * rounds])
    threads = np.full(len(wall.values), 2.0)
    less, lots = (
        beside_others(wall, (np.array(drawn) + add) * wall.values, threads) for add in (0, more)
    )
    assert (lots >= less).all()


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=30), st.floats(20, 500))
def test_what_has_not_waited_is_not_disturbed_by_ticks_that_blur_others(blurs, wall_ms):
    shares = [min(blur * TICK / (wall_ms * MS), 0.1) for blur in blurs]
    assert not disturbed([beside(shares, wall_ms)]).any()


def test_the_quiet_level_is_that_of_the_blocks_beside_nobody():
    waiting = [0.001] * 6 + [0.1] + [0.5] * 20
    shares = [0.0] * 7 + [0.8] * 20
    found = disturbed([beside(shares, waiting=waiting)])
    assert np.flatnonzero(~found).tolist() == list(range(6))


def test_threads_that_wait_while_nobody_else_computes_wait_for_each_other():
    """As those of XLA do, by half of a long block more in one than in another."""
    waiting = [0.3, 0.3, 0.3, 0.3, 0.7, 0.9]
    assert disturbed([losing(waiting)]).tolist() == [False] * 4 + [True] * 2
    assert not disturbed([beside([0.0] * 6, 500, waiting)]).any()
    found = disturbed([beside([0.0] * 5 + [0.1], 500, waiting)])
    assert found.tolist() == [False] * 5 + [True]


def test_a_record_without_what_others_computed_is_judged_by_its_quiet_level_alone():
    old = losing([1.0] * 10)
    assert not disturbed([old]).any()
    assert disturbed([old, beside([1.0] * 10)]).tolist() == [False] * 10 + [True] * 10


#: What tests/benchmarks/others_by_threads.py showed on a machine with 16 cores, in blocks of 50 ms:
#: 10, 50 and 90 % of others' processor time over wall time, quiet and beside one that spins.
BY_THREADS = {
    2: ((0.01, 0.01, 0.03), (0.58, 1.00, 1.00)),
    4: ((-0.13, 0.06, 0.08), (0.85, 1.04, 1.06)),
    8: ((-0.23, 0.07, 0.34), (0.75, 1.09, 1.42)),
    15: ((-0.09, 0.37, 0.67), (0.94, 1.30, 1.74)),
    16: ((0.20, 0.33, 0.46), (1.24, 1.38, 1.49)),
}


@pytest.mark.parametrize("threads", BY_THREADS)
@pytest.mark.parametrize("rounds", [7, 40])
def test_on_many_cpus_a_quiet_run_is_kept_and_one_that_spins_still_shows(threads, rounds):
    rng = np.random.default_rng(threads)
    quiet, beside_one = (
        [of_threads(beside(drawn(rng, shares, rounds)), threads) for _ in range(100)]
        for shares in BY_THREADS[threads]
    )
    assert disturbed(quiet).mean() < 0.5
    assert disturbed(beside_one).mean() > 0.95


@pytest.mark.parametrize("threads", [32, 64, 128])
def test_beside_many_threads_two_that_spin_show(threads):
    assert disturbed([of_threads(beside([2.0] * 10, 350), threads)]).all()


def test_rows_of_different_threads_are_each_held_to_their_own_limit():
    few, many = ([*of_threads(beside([0.4] * 10, 350), threads)] for threads in (2, 16))
    assert disturbed([few, many]).tolist() == [True] * 10 + [False] * 10


def test_a_record_that_does_not_tell_its_threads_is_held_to_the_limit_of_two():
    blocks = beside([0.4] * 10, 350)
    assert disturbed([blocks]).all()
    assert disturbed([of_threads(blocks, 2)]).all()
