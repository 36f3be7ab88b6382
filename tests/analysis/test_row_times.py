import math

import pytest
from msgspec.structs import replace
from specimens import (
    BROKEN,
    FAST,
    FAST_MS,
    SLOW,
    SLOW_MS,
    THREE_PROCESSES,
    TIMING,
    process,
    samples,
    timed,
)

from rnnbench.analysis.row_times import UNITY, MeasuredRows, row_times, step_times


def figures(timing, baseline=None):
    """Return the times of one comparison."""
    (found,) = row_times(MeasuredRows([timing]), baseline)
    return found


def test_rows_that_were_measured_have_figures_and_the_others_none():
    unsteady = replace(TIMING.rows[0], status="unsteady")
    assert figures(TIMING).keys() == {FAST, SLOW}
    assert figures(replace(TIMING, rows=[unsteady, *TIMING.rows[1:]])).keys() == {FAST, SLOW}
    assert figures(replace(TIMING, rows=[TIMING.rows[2]])) == {}


def test_ratios_are_to_the_fastest_row():
    found = figures(TIMING)
    assert found[FAST].ratio == UNITY
    estimate = found[SLOW].ratio.estimate
    assert (estimate.value, estimate.low, estimate.high) == pytest.approx((2.0, 1.9, 2.1))


def test_of_rows_that_tie_ratios_are_to_the_one_that_is_ahead_within_rounds():
    """Over all blocks the first is faster: the second was disturbed when the machine was fast."""
    steps = [*samples([1.8] * 4 + [0.9] * 4), *samples([0.9] * 4, lost=0.9)]
    second = replace(process([0.9] * 12), steps=steps)
    rows = [timed(FAST, process([2.0] * 4 + [1.0] * 8)), timed(SLOW, second)]
    rounds = [TIMING.rounds[0]] * 12
    found = figures(replace(TIMING, rows=rows, rounds=rounds))
    assert found[FAST].step.centre < found[SLOW].step.centre
    assert found[SLOW].ratio == UNITY
    assert found[FAST].ratio.estimate.value == pytest.approx(1 / 0.9)


def test_ratios_are_to_the_baseline_where_there_is_one():
    found = figures(TIMING, SLOW)
    assert found[SLOW].ratio == UNITY
    assert found[FAST].ratio.estimate.value == pytest.approx(0.5)


def test_a_baseline_without_figures_leaves_no_ratio():
    found = figures(TIMING, BROKEN)
    assert found[FAST].ratio is found[SLOW].ratio is None
    assert found[FAST].step is not None


def test_times_are_seconds():
    found = figures(TIMING)[FAST]
    assert found.step.estimate.value == pytest.approx(2e-3)
    assert found.forward.estimate.value == pytest.approx(0.5e-3)
    assert 1.9e-3 < found.low < 2e-3


def test_from_three_processes_on_there_is_an_error():
    assert figures(TIMING)[SLOW].ratio.error is None
    found = figures(THREE_PROCESSES)[SLOW].ratio
    assert found.freedom == 2
    assert 0 < found.error < 0.001
    assert found.centre == pytest.approx(math.log(2), abs=0.01)


def test_disturbed_blocks_are_counted_and_set_aside():
    quiet = process(FAST_MS)
    hit = replace(quiet, steps=quiet.steps[:-1] + samples([50.0], lost=0.9))
    found = figures(replace(TIMING, rows=[timed(FAST, hit)]))[FAST]
    assert (found.rounds, found.clean) == (8, 7)
    assert found.step.estimate.high == pytest.approx(2e-3)


def test_rounds_before_a_row_was_steady_are_not_used():
    slow_start = replace(timed(FAST, process([9.0, 9.0, *[2.0] * 6])), steady_from=2)
    found = figures(replace(TIMING, rows=[timed(SLOW, process(SLOW_MS)), slow_start]))
    assert found[FAST].step.estimate.high == pytest.approx(2e-3)
    assert found[FAST].forward.estimate.high == pytest.approx(0.5e-3)
    assert found[FAST].rounds == 8
    assert found[SLOW].ratio.estimate.value == pytest.approx(2.0)


def test_comparisons_of_other_shapes_do_not_meet():
    few = replace(TIMING, rows=[timed(SLOW, process(SLOW_MS[:3])), timed(FAST, process(FAST_MS))])
    timings = [TIMING, THREE_PROCESSES, few, replace(TIMING, rows=[TIMING.rows[2]]), TIMING]
    assert row_times(MeasuredRows(timings)) == [figures(timing) for timing in timings]


def test_training_steps_alone_are_those_of_all_figures():
    timings = [TIMING, THREE_PROCESSES]
    found = [{row: one.step for row, one in of.items()} for of in row_times(MeasuredRows(timings))]
    assert step_times(timings) == found
    hit = timed(FAST, process([]))
    assert step_times([replace(TIMING, rows=[hit])]) == [{}]
