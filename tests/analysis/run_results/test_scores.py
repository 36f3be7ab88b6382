import pytest
from msgspec.structs import replace
from run_rows import planned_elsewhere, rows
from specimens import (
    BROKEN,
    PLAN,
    PLANNED,
    RECORDS,
    RUN,
    SLOW,
    TIMING,
    TRAINED,
    process,
    timed,
)

from rnnbench.analysis.row_objects import objects
from rnnbench.analysis.run_results import row_results
from rnnbench.measure.estimates import means
from rnnbench.measure.groups import Groups

#: Scores of the fastest row and of the other one by seed, the lower being the better.
GOOD, SECOND = (0.40, 0.45, 0.50), (0.50, 0.551, 0.601)


def test_the_score_is_the_mean_over_seeds_with_its_interval():
    row, (mean,) = rows(RECORDS)["good"], means(Groups.of([[0.4, 0.6]]))
    assert (row["seeds"], row["loss"]) == (2, pytest.approx(0.6))
    assert (row["score"], row["score_low"], row["score_high"]) == (mean.value, mean.low, mean.high)


def test_one_seed_has_no_interval():
    run = replace(RUN, plan=replace(PLAN, seeds=[0]))
    row = rows([run, TIMING, TRAINED])["good"]
    assert (row["seeds"], row["score"], row["reason"]) == (1, 0.4, None)
    assert row["score_low"] is row["score_high"] is None


def trained_with(good=GOOD, second=SECOND, first=0):
    """Return a run in which both rows were trained with some seeds."""
    seeds = range(first, first + len(good))
    plan = replace(PLAN, seeds=list(seeds))
    trainings = [
        replace(TRAINED, row=row, seed=seed, score=score)
        for row, scores in ((TRAINED.row, good), (SLOW, second))
        for seed, score in zip(seeds, scores, strict=False)
    ]
    return [replace(RUN, plan=plan), TIMING, *trainings]


def test_a_score_is_judged_against_that_of_the_fastest_row():
    found = rows(trained_with())
    assert (found["second"]["score_verdict"], found["good"]["score_verdict"]) == ("worse", None)
    second = found["second"]
    assert second["score_difference"] == pytest.approx(0.1 + 0.002 / 3)
    assert second["score_difference_low"] < 0.1 < second["score_difference_high"]
    assert found["good"]["score_difference"] is None
    assert rows(trained_with(), score_delta=0.5)["second"]["score_verdict"] == "same"


def test_a_score_is_judged_against_that_of_the_baseline():
    found = rows(trained_with(), baseline=SLOW)
    assert (found["second"]["score_verdict"], found["good"]["score_verdict"]) == (None, "better")
    nobody = rows(trained_with(), baseline=BROKEN)
    assert nobody["good"]["score_verdict"] is nobody["second"]["score_verdict"] is None


def test_scores_are_judged_where_times_are_too_disturbed_for_ratios():
    """Three rounds have no interval, and so no row is the fastest: the first one is the base."""
    short = [timed(SLOW, process([4.0] * 3)), timed(TRAINED.row, process([2.0] * 3))]
    run, timing, *trainings = trained_with()
    found = rows([run, replace(timing, rows=short), *trainings])
    assert found["good"]["ratio"] is found["second"]["ratio"] is None
    assert (found["second"]["score_verdict"], found["good"]["score_verdict"]) == (None, "better")


def test_two_seeds_are_no_ground_for_a_verdict_on_a_score():
    assert rows(trained_with(GOOD[:2], SECOND[:2]))["second"]["score_verdict"] is None
    unfinished = rows(trained_with(GOOD, SECOND[:2]))
    assert unfinished["second"]["score_verdict"] is unfinished["second"]["score"] is None


def test_verdicts_on_scores_are_corrected_across_the_blocks_of_the_table():
    scores = (0.44, 0.5, 0.549)  # alone it is shown to be worse
    alone = trained_with(second=scores)
    assert rows(alone)["second"]["score_verdict"] == "worse"
    keys = [planned_elsewhere(k) for k in range(20)]
    blocks = [replace(t, key=timing.key) for timing in keys for t in alone[2:]]
    timed = [replace(timing, rows=TIMING.rows) for timing in keys]
    comparisons = [replace(PLANNED, comparison=timing.comparison) for timing in keys]
    plan = replace(PLAN, seeds=[0, 1, 2], comparisons=comparisons)
    judged = objects(row_results([replace(RUN, plan=plan), *timed, *blocks]))
    assert {row["score_verdict"] for row in judged} == {None, "undecided"}
