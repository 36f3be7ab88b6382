"""What of a plan is still to be done."""

from msgspec.structs import replace
from specimens import COMPARISON, FAST, PEAK, PLAN, PLANNED, RECORDS, RUN, SLOW, TIMING, TRAINED

from rnnbench.results.work_left import Remaining

UNTRAINED = replace(PLANNED, comparison=replace(COMPARISON, steps=0))
TIMED_ONLY = replace(TIMING, comparison=UNTRAINED.comparison, key=UNTRAINED.comparison.key)
TWO = replace(PLAN, comparisons=[PLANNED, UNTRAINED])


def test_at_first_everything_is_left():
    remaining = Remaining(TWO)
    assert remaining.timing(PLANNED) is None
    every = [(row, seed) for row in PLAN.rows for seed in (0, 1)]
    assert list(remaining.trainings(PLANNED)) == every
    assert remaining.comparisons == [PLANNED, UNTRAINED]
    assert not remaining.nothing


def test_at_last_nothing_is_left():
    remaining = Remaining(PLAN, iter(RECORDS))
    assert remaining.timing(PLANNED) == TIMING
    assert list(remaining.trainings(PLANNED)) == []
    assert remaining.comparisons == []
    assert remaining.nothing


def test_what_failed_is_done_too():
    failed = [replace(record, status="failed") for record in RECORDS[-2:]]
    assert Remaining(PLAN, [*RECORDS[:-2], *failed]).comparisons == []


def test_a_timing_that_was_interrupted_is_taken_again():
    unfinished = replace(TIMING, complete=False)
    assert Remaining(PLAN, [RUN, unfinished]).timing(PLANNED) is None
    assert Remaining(PLAN, [RUN, unfinished, TIMING]).timing(PLANNED) == TIMING


def test_training_goes_on_with_the_next_row_and_seed():
    remaining = Remaining(PLAN, [RUN, TIMING, TRAINED, replace(TRAINED, row=SLOW, seed=1)])
    left = list(remaining.trainings(PLANNED))
    assert (FAST, 0) not in left
    assert (SLOW, 1) not in left
    assert left[:2] == [(FAST, 1), (SLOW, 0)]
    assert remaining.comparisons == [PLANNED]


def test_a_comparison_without_training_is_done_when_it_is_timed():
    remaining = Remaining(TWO, [RUN, TIMED_ONLY])
    assert list(remaining.trainings(UNTRAINED)) == []
    assert remaining.comparisons == [PLANNED]


def test_the_matrix_products_are_those_of_each_backend_and_place():
    products = [("fake", "cpu", "float32"), ("other", "cpu", "float32")]
    assert Remaining(TWO).products(["fake", "other"]) == products
    assert Remaining(TWO, [PEAK]).products(["fake", "other"]) == products


def test_matrix_products_are_measured_before_and_between_comparisons_that_take_long():
    def moments(seconds, *records):
        plan = replace(
            PLAN,
            comparisons=[
                replace(PLANNED, comparison=replace(COMPARISON, batch=batch), max_time=seconds)
                for batch in (4, 5, 6, 7)
            ],
        )
        keys = [one.comparison.key for one in plan.comparisons]
        return sorted(map(keys.index, Remaining(plan, records).moments))

    assert moments(30.0) == [0, 1, 2, 3]
    assert moments(10.0) == [0, 2]
    assert moments(10.0, TIMING) == [0, 3]  # the first is trained, which nobody expects to be long
    assert moments(1.0) == [0]
    assert moments(0.1) == []


def test_the_products_of_measured_rows_are_part_of_the_work(believed):
    assert not Remaining(PLAN, [one for one in RECORDS if one != PEAK]).nothing


def test_a_run_that_is_but_tried_has_no_products():
    assert Remaining(PLAN, [one for one in RECORDS if one != PEAK]).nothing
    assert [stage.kind for stage in Remaining(PLAN, RECORDS).stages] == ["starting", "checking"]


def test_stages_are_those_that_are_left(believed):
    assert len(Remaining(PLAN).stages) == 3 + (3 + 1) + 6
    assert len(Remaining(replace(PLAN, processes=3)).stages) == 3 + (9 + 1) + 6
    assert len(Remaining(TWO).stages) == 3 + 2 * (3 + 1) + 6
    assert len(Remaining(TWO, [RUN, TIMING, TRAINED]).stages) == 3 + (3 + 1) + 5
    assert len(Remaining(PLAN, RECORDS).stages) == 3
    slow = replace(PLAN, comparisons=[replace(PLANNED, max_time=5.0)])
    assert len(Remaining(slow).stages) == len(Remaining(PLAN).stages) + 1
