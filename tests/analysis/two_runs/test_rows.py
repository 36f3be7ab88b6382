"""The rows of two sides, paired and judged."""

import pytest
from msgspec.structs import replace
from pairs import ALIKE, BOTH, QUICK, ended, row, run, seeded, shortened, trainings
from specimens import BROKEN, FAST, FAST_MS, PLAN, PLANNED, SLOW, process, timed

from rnnbench.analysis.two_runs.rows import compared_rows
from rnnbench.analysis.two_runs.sides import Sides, side


def compared(old, new, *metrics, **options):
    metrics = metrics or ("train-step",)
    return compared_rows(Sides(side(old, metrics), side(new, metrics)), metrics, **options)


def only(old, new, metric="train-step", **options):
    """Return the only metric of the only row."""
    (found,) = compared(old, new, metric, **options)
    (judged,) = found.judged
    return judged


@pytest.mark.parametrize(
    ("factors", "verdict"),
    [
        ((2.0, 2.01, 1.99), "slower"),
        ((0.5, 0.501, 0.499, 0.5), "faster"),
        ((1.001, 1.0, 1.0, 1.001, 1.0), "same"),
        ((1.0, 1.1, 1.2), "undecided"),
    ],
)
@pytest.mark.parametrize("metric", ["train-step", "forward"])
def test_the_new_side_is_judged_whatever_the_numbers_of_processes(factors, verdict, metric):
    found = only(QUICK, run(row(factors=factors)), metric)
    assert found.verdict == verdict
    assert found.change.low < found.change.value < found.change.high


def test_figures_are_in_the_unit_of_their_metric():
    new = run(row(factors=[2 * one for one in ALIKE], peak_memory=6 * 2**20, first_step_s=1.004))
    old, new = (side(records, ("forward", "memory", "compile")) for records in (QUICK, new))
    (found,) = compared_rows(Sides(old, new), ("forward", "memory", "compile"))
    figures = {one.metric: (one.old.value, one.new.value) for one in found.judged}
    assert figures["forward"] == pytest.approx((0.5, 1.0), rel=1e-3)
    assert figures["memory"] == pytest.approx((3, 6))
    assert figures["compile"] == pytest.approx((0.498, 1.0), rel=1e-3)


@pytest.mark.parametrize(("megabytes", "verdict"), [(6, "worse"), (1.5, "better"), (3, "same")])
def test_more_memory_is_worse(megabytes, verdict):
    new = run(row(peak_memory=int(megabytes * 2**20)))
    assert only(QUICK, new, "memory").verdict == verdict


def test_memory_that_is_not_known_is_not_compared():
    (found,) = compared(QUICK, run(row(peak_memory=None)), "memory")
    assert (found.judged[0].new, found.judged[0].change) == (None, None)


@pytest.mark.parametrize(
    ("first_step_s", "verdict"), [(1.0, "slower"), (0.1, "faster"), (0.5, "same")]
)
def test_compiling_longer_is_slower(first_step_s, verdict):
    assert only(QUICK, run(row(first_step_s=first_step_s)), "compile").verdict == verdict


def test_compiling_for_less_than_can_be_told_is_the_same():
    old, new = run(row(first_step_s=0.003)), run(row(first_step_s=0.009))
    found = only(old, new, "compile")
    assert (found.verdict, found.change.value) == ("same", 1.0)


@pytest.mark.parametrize("metric", ["train-step", "forward"])
def test_a_time_of_too_few_blocks_is_shown_and_not_compared(metric):
    few = timed(FAST, process(FAST_MS[:5]))
    for old, new in ((run(few), QUICK), (QUICK, run(few))):
        found = only(old, new, metric)
        assert found.old.value == pytest.approx(found.new.value, rel=0.1)
        assert found.change is found.ratio is found.verdict is None
    assert only(QUICK, run(few), "memory").change is not None


def test_fewer_than_three_processes_give_a_ratio_and_no_verdict():
    found = only(QUICK, run(row(factors=(2.0, 2.0))))
    assert found.change.value == pytest.approx(2.0)
    assert (found.change.low, found.verdict) == (None, None)


@pytest.mark.parametrize(
    ("scores", "verdict"),
    [((0.3, 0.31, 0.29), "better"), ((0.5, 0.51, 0.49), "worse"), ((0.4, 0.41, 0.39), "same")],
)
def test_scores_are_judged_by_their_seeds(scores, verdict):
    old = run(row(), trained=trainings([0.4, 0.41, 0.39]), plan=seeded(3))
    found = only(old, run(row(), trained=trainings(scores), plan=seeded(3)), "score")
    assert found.verdict == verdict
    assert found.change.value == pytest.approx(scores[0] - 0.4)


def test_scores_of_another_split_of_the_data_are_not_judged():
    old, new = (
        run(
            row(),
            trained=trainings([0.4, 0.41, 0.39]),
            plan=replace(seeded(3), comparisons=[replace(PLANNED, split=split)]),
        )
        for split in ("the first 90 %", "the first 80 %")
    )
    found = only(old, new, "score")
    assert (found.old.value, found.change, found.verdict) == (pytest.approx(0.4), None, None)
    assert only(old, old, "score").verdict == "same"


def test_verdicts_are_corrected_over_all_that_is_compared():
    new = run(row(factors=(1.05, 1.07, 1.09)))
    alone = only(QUICK, new)
    assert alone.verdict == "slower"
    (found,) = compared(QUICK, new, "train-step", "forward", "memory", "compile")
    assert found.judged[0].verdict == "undecided"


def changes(old, new):
    return {str(one.row): one.change for one in compared(old, new)}


def test_the_union_of_the_rows_is_there():
    other = run(row(SLOW), row(BROKEN))
    assert changes(BOTH, other) == {
        "fake:second": None,
        "fake:raises": "new",
        "fake:good": "missing",
    }


@pytest.mark.parametrize("status", ["failed", "mismatch", "crashed", "skipped", "unsupported"])
def test_rows_that_fail_now_and_those_that_no_longer_do(status):
    old, new = run(row(), ended(SLOW, status)), run(ended(FAST, status), row(SLOW))
    assert changes(old, new) == {"fake:good": "failed", "fake:second": "mended"}


def test_what_fails_on_both_sides_has_not_changed():
    assert changes(run(ended(FAST, "oom")), run(ended(FAST, "failed"))) == {"fake:good": None}


@pytest.mark.parametrize(("status", "change"), [("failed", "failed"), ("unsupported", "new")])
def test_a_new_row_that_fails_has_failed(status, change):
    assert changes(QUICK, run(row(), ended(SLOW, status)))["fake:second"] == change


def test_a_training_that_fails_is_a_row_that_fails():
    failed = [replace(trainings([0.4])[0], status="oom", curve=[], score=None)]
    new = run(row(), trained=failed, plan=seeded(1))
    assert changes(run(row(), trained=trainings([0.4]), plan=seeded(1)), new) == {
        "fake:good": "failed"
    }


def test_other_data_forbid_to_compare():
    plan = replace(PLAN, comparisons=[replace(PLANNED, data_hash="ffff")])
    (found,) = compared(QUICK, run(row(), plan=plan))
    assert found.apart == "data ffff against ab12"
    assert (found.change, found.judged[0].change) == (None, None)


def test_rows_of_a_comparison_stand_together_though_one_side_lacks_them():
    second = replace(PLANNED, comparison=replace(PLANNED.comparison, batch=8))
    plan = replace(PLAN, comparisons=[second])
    found = compared([*BOTH], run(row(), plan=plan))
    assert [(one.planned.comparison.batch, one.change) for one in found] == [
        (8, "new"),
        (4, "missing"),
        (4, "missing"),
    ]


@pytest.mark.parametrize("metric", ["train-step", "forward"])
def test_too_few_rounds_for_an_interval_are_no_ground_for_a_ratio(metric):
    found = only(run(row(factors=(1.0,))), shortened(run(row(factors=(1.0,)))), metric)
    assert (found.new.low, found.change, found.lacks_rounds) == (None, None, True)
    assert not only(run(row(factors=(1.0,))), run(row(factors=(1.0,))), metric).lacks_rounds


def test_a_row_whose_training_failed_needs_as_many_rounds():
    failed = [replace(trainings([0.4])[0], status="oom", curve=[], score=None)]
    new = shortened(run(row(factors=(1.0,)), plan=seeded(1)))
    (found,) = compared(run(row(factors=(1.0,))), [*new, *failed])
    assert (found.change, found.judged[0].change) == ("failed", None)


def test_scores_of_few_seeds_have_a_difference_and_no_verdict():
    old, new = (run(row(), trained=trainings([score]), plan=seeded(1)) for score in (0.4, 0.5))
    found = only(old, new, "score")
    assert (found.change.value, found.change.low) == (pytest.approx(0.1), None)
    assert found.verdict is None
