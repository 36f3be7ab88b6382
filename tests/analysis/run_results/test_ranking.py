import numpy as np
import pytest
from msgspec.structs import replace
from run_rows import alone, planned_elsewhere, rows
from specimens import (
    FAST,
    FAST_MS,
    PLAN,
    PLANNED,
    RECORDS,
    RUN,
    SLOW,
    THREE_PROCESSES,
    TIMING,
    process,
    samples,
    timed,
)

from rnnbench.analysis.row_objects import objects
from rnnbench.analysis.run_results import row_results
from rnnbench.schema.sample import Sample


def test_a_ratio_has_an_interval_and_a_precision():
    row = rows(RECORDS)["second"]
    assert row["ratio"] == pytest.approx(2.0)
    assert (row["ratio_low"], row["ratio_high"]) == pytest.approx((1.9, 2.1))
    assert row["precision"] == pytest.approx(0.05)
    assert rows(RECORDS)["good"]["ratio"] == 1.0


def test_there_is_a_verdict_from_three_processes_on():
    assert rows(RECORDS)["second"]["verdict"] is None
    found = rows([RUN, THREE_PROCESSES])
    assert (found["second"]["verdict"], found["good"]["verdict"]) == ("slower", None)
    assert (found["second"]["processes"], found["second"]["rounds"]) == (3, 24)


def test_a_verdict_is_on_the_ratio_to_the_baseline():
    found = rows([RUN, THREE_PROCESSES], baseline=SLOW)
    assert (found["second"]["verdict"], found["good"]["verdict"]) == (None, "faster")
    assert found["good"]["ratio"] == pytest.approx(0.5, rel=0.01)
    assert rows([RUN, THREE_PROCESSES], delta=0.6, baseline=SLOW)["good"]["verdict"] == "same"


def test_verdicts_are_corrected_across_the_blocks_of_the_table():
    far, near = (2.0, 2.0, 2.0), (1.996, 2.0, 2.004)
    close = replace(
        THREE_PROCESSES,
        rows=[
            timed(SLOW, *(process([1.01 * each] * 8) for each in near)),
            timed(THREE_PROCESSES.rows[1].row, *(process([each] * 8) for each in far)),
        ],
    )
    (alone,) = (row["verdict"] for row in objects(row_results([RUN, close])) if row["verdict"])
    others = [replace(planned_elsewhere(k), rows=close.rows) for k in range(20)]
    plan = replace(PLAN, comparisons=[replace(PLANNED, comparison=t.comparison) for t in others])
    many = objects(row_results([replace(RUN, plan=plan), *others]))
    assert alone == "same"
    assert {row["verdict"] for row in many} == {None, "undecided"}


def two_rows(*milliseconds, common):
    """Return the objects of rows that are clean in eight rounds each, so many of them in common."""
    apart = 8 - common
    hit, (mine, theirs) = samples([9.0], lost=9.0), (samples([ms]) for ms in milliseconds)
    steps = mine * 8 + hit * apart, hit * apart + theirs * 8
    one, other = (replace(process(FAST_MS), steps=blocks) for blocks in steps)
    return rows([RUN, replace(TIMING, rows=[timed(SLOW, one), timed(FAST, other)])])


def test_rows_with_too_few_clean_rounds_in_common_have_times_and_no_ratio():
    found = two_rows(2.0, 1.0, common=5)
    assert (found["second"]["ratio"], found["good"]["ratio"]) == (None, 1.0)
    assert found["second"]["train_step_ms"] == pytest.approx(2.0)
    assert found["second"]["train_step_ms_low"] == pytest.approx(2.0)
    reason = "too few of its undisturbed blocks are of rounds that fake:good has, too"
    assert (found["second"]["unranked"], found["good"]["unranked"]) == (reason, None)
    enough = two_rows(2.0, 1.0, common=6)["second"]
    assert (enough["ratio"], enough["unranked"]) == (pytest.approx(2.0), None)


def test_a_row_with_too_few_clean_rounds_is_not_ranked_however_fast():
    few = samples([1.0] * 5) + samples([9.0] * 5, lost=9.0)
    hasty = timed(FAST, replace(process(FAST_MS), steps=few))
    found = rows([RUN, replace(TIMING, rows=[timed(SLOW, process([2.0] * 10)), hasty])])
    assert found["good"]["train_step_ms"] == pytest.approx(1.0)
    assert found["good"]["train_step_ms_low"] is found["good"]["ratio"] is None
    assert found["good"]["unranked"] == "5 of 10 blocks undisturbed, too few for an interval"
    assert (found["second"]["ratio"], found["second"]["unranked"]) == (1.0, None)


def test_blocks_that_are_too_few_of_themselves_are_told_apart_from_disturbed_ones():
    short = [timed(row, process([ms] * 2)) for row, ms in ((FAST, 2.0), (SLOW, 3.0))]
    found = rows([RUN, replace(TIMING, rows=short)])
    reason = "2 blocks in the time given, too few for an interval"
    assert {(row["ratio"], row["unranked"]) for row in found.values()} == {(None, reason)}


def test_rounds_before_a_row_was_steady_do_not_count():
    found = rows(alone(timed(SLOW, process([2.0] * 8)), steady_from=4))["second"]
    assert found["unranked"] == "4 of 8 blocks undisturbed and steady, too few for an interval"


def test_a_baseline_with_too_few_clean_rounds_is_none():
    few = timed(FAST, process([1.0] * 3))
    timing = replace(TIMING, rows=[timed(SLOW, process([2.0] * 8)), few])
    found = rows([RUN, timing], baseline=FAST)
    assert (found["second"]["ratio"], found["good"]["ratio"]) == (None, None)
    assert found["second"]["unranked"] == "fake:good has no time to rank by"


def beside_neighbours(blocks, processes=1):
    """Return a run of two rows of which others disturbed every block, ten times one of them."""
    rng = np.random.default_rng(blocks)

    def beside():
        walls = (50e6 * rng.choice([1.0, 10.0], blocks)).astype(int).tolist()
        return [Sample(5, wall, wall, 9, wall, 0, wall) for wall in walls]

    own = [
        timed(row, *(replace(process(FAST_MS), steps=beside()) for _ in range(processes)))
        for row in (SLOW, FAST)
    ]
    return [RUN, replace(TIMING, rows=own)]


@pytest.mark.parametrize("blocks", [1, 2, 7, 40])
@pytest.mark.parametrize("processes", [1, 3])
def test_beside_busy_neighbours_nothing_is_ranked(blocks, processes):
    found = rows(beside_neighbours(blocks, processes))
    for row in found.values():
        assert (row["clean"], row["rounds"]) == (0, blocks * processes)
        assert row["ratio"] is row["verdict"] is row["train_step_ms"] is row["of_peak"] is None
        assert row["unranked"].startswith(f"0 of {blocks * processes} block")


def test_a_row_that_was_never_clean_has_no_time_but_its_low_estimate():
    hit = samples([2.0] * 3) + samples([9.0], lost=9.0)
    never = replace(process(FAST_MS), steps=hit)
    row = rows(alone(timed(SLOW, never), steady_from=3))["second"]
    assert (row["status"], row["rounds"], row["clean"]) == ("ok", 4, 3)
    assert row["train_step_ms"] is row["gflops"] is row["compile_s"] is row["ratio"] is None
    assert row["train_step_ms_p10"] == pytest.approx(2.0)
