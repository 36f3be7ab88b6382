"""The time that a run will still take, as it is told."""

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from specimens import FAST, SLOW

from rnnbench.report.progress.time_left import BESIDE, CATCHING_UP, TimeLeft
from rnnbench.results.work_left import Stage


class Clock:
    """A clock that is told what time it is."""

    now = 100.0

    def __call__(self):
        return self.now


def block(key, most=10.0, steps=0, seeds=2):
    """Return the stages of a comparison of two rows."""
    trainings = [Stage("training", key, row, steps=steps) for row in (FAST, SLOW)] * seeds
    return [
        Stage("preparing", key, FAST),
        Stage("preparing", key, SLOW),
        Stage("timing", key, most=most),
        *(trainings if steps else []),
    ]


def test_nothing_is_told_before_anything_is_known():
    clock = Clock()
    left = TimeLeft([Stage("starting"), *block("a")], clock)
    left.begin("starting")
    assert (left.seconds(), left.share) == (None, 0.0)
    left.begin("preparing", "a")
    assert left.seconds() is None


def test_timings_take_what_the_plan_allows_and_the_rest_what_it_took_before():
    clock = Clock()
    left = TimeLeft([*block("a"), *block("b", most=20.0)], clock)
    for _ in range(2):
        left.begin("preparing", "a")
        clock.now += 1.5
    left.begin("timing", "a")
    assert left.seconds() == pytest.approx(10.0 + 2 * 1.5 + 20.0)
    assert left.share == pytest.approx(3.0 / 36.0)


def test_trainings_take_what_their_steps_took_when_they_were_timed():
    clock = Clock()
    left = TimeLeft(block("a", steps=100, seeds=1), clock)
    for kind in ("preparing", "preparing", "timing"):
        left.begin(kind, "a")
    left.timed("a", {FAST: 0.01, SLOW: 0.03})
    assert left.seconds() == pytest.approx(10.0 + BESIDE * (1.0 + 3.0))


def test_what_trainings_take_beside_their_steps_is_learnt_from_the_first():
    clock = Clock()
    left = TimeLeft(block("a", steps=100, seeds=1)[3:], clock)
    left.timed("a", {FAST: 0.01, SLOW: 0.03})
    left.begin("training", "a")
    clock.now += 1.0
    left.reached(0.5)  # in one second half of what takes one second alone
    assert left.seconds() == pytest.approx(1.0 + 2 * 3.0)


def test_a_row_that_was_not_timed_is_not_trained():
    left = TimeLeft(block("a", steps=100, seeds=1), Clock())
    left.begin("timing", "a")
    left.timed("a", {FAST: 0.01})
    assert left.seconds() == pytest.approx(10.0 + BESIDE * 1.0)


def test_a_timing_ends_when_it_is_precise():
    clock = Clock()
    left = TimeLeft([Stage("timing", "a", most=100.0)], clock)
    left.begin("timing", "a")
    clock.now += 5.0
    left.reached(0.05, precision=0.04, asked=0.02)
    assert left.seconds() == pytest.approx(15.0)
    left.reached(0.05, precision=0.4, asked=0.02)
    later = TimeLeft([Stage("timing", "a", most=100.0)], clock)
    later.begin("timing", "a")
    clock.now += 5.0
    later.reached(0.05, precision=0.4, asked=0.02)
    assert later.seconds() == pytest.approx(95.0)  # and not beyond what the plan allows


def test_later_timings_are_expected_to_end_as_early_as_those_before():
    clock = Clock()
    left = TimeLeft([Stage("timing", key, most=10.0) for key in "abc"], clock)
    left.begin("timing", "a")
    clock.now += 4.0
    left.begin("timing", "b")
    assert left.seconds() == pytest.approx(10.0 + 0.7 * 10.0)


def test_timings_that_take_more_than_was_allowed_tell_so_of_those_that_come():
    """There is the oracle behind them, and a machine that is busy."""
    clock = Clock()
    left = TimeLeft([Stage("timing", str(key), most=1.0) for key in range(41)], clock)
    for key in range(11):
        left.begin("timing", str(key))
        clock.now += 10.0
        left.seconds()
    left.begin("timing", "11")
    assert 300.0 / 2 < left.seconds() < 300.0 * 1.1
    alone = TimeLeft([Stage("timing", key, most=1.0) for key in "abc"], clock)
    alone.begin("timing", "a")
    clock.now += 10.0  # and this one has not ended yet
    assert alone.seconds() == pytest.approx(2 * 5.5)


def test_what_is_told_once_a_minute_is_soon_right_again():
    found = told([20.0, 300.0, 240.0], [60.0] * 3)
    assert found[1] > 290
    assert found[2] == pytest.approx(240, rel=0.05)


def test_what_was_left_out_is_not_waited_for():
    clock = Clock()
    left = TimeLeft([*block("a", steps=5), Stage("measuring")], clock)
    left.begin("preparing", "a")
    clock.now += 1.0
    left.begin("measuring")  # the rest failed
    clock.now += 0.5
    assert left.seconds() < 3.0


def test_a_stage_that_nobody_expected_is_none_of_those_that_were():
    clock = Clock()
    left = TimeLeft([Stage("timing", "a", most=10.0)], clock)
    left.begin("looking")
    left.begin("timing", "a")
    assert left.seconds() == pytest.approx(10.0)


def test_stages_of_which_nothing_is_known_tell_by_their_own_share():
    clock = Clock()
    left = TimeLeft([Stage("timing", "a")] * 3, clock)
    left.begin("timing", "a")
    clock.now += 2.0
    left.reached(0.25)
    assert left.seconds() == pytest.approx(6.0 + 2 * 8.0)


def test_an_estimate_costs_the_same_however_many_comparisons_there_are():
    clock, count = Clock(), 3_000
    left = TimeLeft([stage for key in range(count) for stage in block(str(key), steps=5)], clock)
    began = time.process_time()
    for key in map(str, range(count)):
        for kind in ("preparing", "timing"):
            left.begin(kind, key)
            clock.now += 5.0
        left.timed(key, {FAST: 0.01, SLOW: 0.03})
        left.begin("training", key)
        assert left.seconds() is not None
    assert time.process_time() - began < 20  # 0.2 s; to look at each stage would take hours
    assert left.seconds() < 10


def told(estimates, seconds):
    """Return what is told, a made-up estimate and the seconds since the one before each."""
    clock = Clock()
    left = TimeLeft([], clock)
    found = []
    for estimate, passed in zip(estimates, seconds, strict=True):
        clock.now += passed
        left._estimate = lambda estimate=estimate: estimate
        found.append(left.seconds())
    return found


steps = st.floats(0.1, 1.0)


@given(st.lists(st.tuples(st.floats(0, 1e4), steps), min_size=2, max_size=50))
def test_what_is_told_never_jumps_up_and_never_stands_still(stream):
    estimates, seconds = zip(*stream, strict=True)
    found = told(estimates, seconds)
    for before, after, estimate, passed in zip(
        found, found[1:], estimates[1:], seconds[1:], strict=False
    ):
        assert after >= 0
        rise = max(0.0, estimate - before) * passed / CATCHING_UP
        assert after - before <= rise + 1e-9  # no faster upwards than that
        if before > 1e-3:
            assert after != before
        if estimate <= 2 * before:
            assert after < before or before == 0


@given(st.floats(1, 1e4), steps, st.integers(2, 30))
def test_an_estimate_that_holds_is_told_as_it_is(whole, passed, count):
    estimates = [max(0.0, whole - k * passed) for k in range(count)]
    assert told(estimates, [passed] * count) == pytest.approx(estimates, abs=1e-6)


@given(st.floats(20, 500), st.floats(0.05, 1.9))
def test_after_a_jump_of_the_estimate_both_come_to_nothing_together(whole, factor):
    """A timing that is precise early, say: what is left falls faster, and no second is skipped."""
    after = [max(0.0, factor * whole - 0.5 * k) for k in range(1, int(2 * factor * whole) + 2)]
    found = told([whole, *after], [0.5] * (len(after) + 1))
    assert found[-1] == pytest.approx(0.0, abs=1e-6)
    falls = [a - b for a, b in pairwise(found)]
    assert min(falls) >= 0
    assert max(falls) <= 0.5 / min(1.0, factor) * 1.1 + 1e-6


@pytest.mark.parametrize("seed", range(8))
def test_a_made_up_run_is_told_without_jumps(seed):
    """Preparing, timings of which some end early, trainings slower than their steps, a failure."""
    rng, clock = random.Random(seed), Clock()
    keys = [f"c{k}" for k in range(4)]
    stages = [p for key in keys for p in block(key, most=12.0, steps=50)]
    left = TimeLeft([Stage("starting"), Stage("checking"), *stages, Stage("measuring")], clock)
    found = []

    def pass_time(seconds):
        shares = max(1, round(seconds / 0.5))
        for k in range(shares):
            clock.now += seconds / shares
            yield (k + 1) / shares
            found.append((clock.now, left.seconds()))

    for kind in ("starting", "checking"):
        left.begin(kind)
        for share in pass_time(rng.uniform(2, 6)):
            left.reached(share)
    for key in keys:
        for _ in range(2):
            left.begin("preparing", key)
            for _ in pass_time(rng.uniform(0.5, 3)):
                pass
        step = rng.uniform(0.02, 0.06)
        left.begin("timing", key)
        ends = rng.choice([12.0, 12.0, 5.0])
        for share in pass_time(ends):
            left.timed(key, {FAST: step, SLOW: 2 * step})
            left.reached(share * ends / 12, 0.02 * (1 / share) ** 0.5 * rng.uniform(1, 1.3), 0.02)
        for _ in range(2):
            for row_step in (step, 2 * step):
                left.begin("training", key)
                for share in pass_time(1.2 * 50 * row_step):
                    left.reached(share)
    left.begin("measuring")
    for _ in pass_time(3.0):
        pass
    known = [(at, seconds) for at, seconds in found if seconds is not None]
    end = clock.now
    for (at, before), (then, after) in pairwise(known):
        assert after - before <= max(2 * (then - at), 0.2 * before)
        assert before - after <= max(5 * (then - at), 0.2 * before)  # no second hides
        assert after != before
    first, middle = known[0], known[len(known) // 2]
    assert first[1] == pytest.approx(end - first[0], rel=0.6)
    assert middle[1] == pytest.approx(end - middle[0], rel=0.6)
