"""What of a plan is still to be done."""

from msgspec.structs import replace
from specimens import COMPARISON, FAST, PLAN, PLANNED, RECORDS, RUN, SLOW, TIMING, TRAINED

from rnnbench.results.remaining import Done

UNTRAINED = replace(PLANNED, comparison=replace(COMPARISON, steps=0))
TIMED_ONLY = replace(TIMING, comparison=UNTRAINED.comparison, key=UNTRAINED.comparison.key)
TWO = replace(PLAN, comparisons=[PLANNED, UNTRAINED])


def test_at_first_everything_is_left():
    done = Done()
    assert done.timing(PLANNED) is None
    assert list(done.untrained(PLANNED, PLAN)) == [(row, s) for row in PLAN.rows for s in (0, 1)]
    assert done.left(TWO) == [PLANNED, UNTRAINED]


def test_at_last_nothing_is_left():
    done = Done(iter(RECORDS))
    assert done.timing(PLANNED) == TIMING
    assert list(done.untrained(PLANNED, PLAN)) == []
    assert done.left(PLAN) == []


def test_what_failed_is_done_too():
    failed = [replace(record, status="failed") for record in RECORDS[-2:]]
    assert Done([*RECORDS[:-2], *failed]).left(PLAN) == []


def test_a_timing_that_was_interrupted_is_taken_again():
    unfinished = replace(TIMING, complete=False)
    assert Done([RUN, unfinished]).timing(PLANNED) is None
    assert Done([RUN, unfinished, TIMING]).timing(PLANNED) == TIMING


def test_training_goes_on_with_the_next_row_and_seed():
    done = Done([RUN, TIMING, TRAINED, replace(TRAINED, row=SLOW, seed=1)])
    left = list(done.untrained(PLANNED, PLAN))
    assert (FAST, 0) not in left
    assert (SLOW, 1) not in left
    assert left[:2] == [(FAST, 1), (SLOW, 0)]
    assert done.left(PLAN) == [PLANNED]


def test_a_comparison_without_training_is_done_when_it_is_timed():
    done = Done([RUN, TIMED_ONLY])
    assert list(done.untrained(UNTRAINED, TWO)) == []
    assert done.left(TWO) == [PLANNED]


def test_stages_are_those_that_are_left():
    assert Done().stages(PLAN) == 3 + (3 + 1) + 6
    assert Done().stages(replace(PLAN, processes=3)) == 3 + (9 + 1) + 6
    assert Done().stages(TWO) == 3 + 2 * (3 + 1) + 6
    assert Done([RUN, TIMING, TRAINED]).stages(TWO) == 3 + (3 + 1) + 5
    assert Done(RECORDS).stages(PLAN) == 3
