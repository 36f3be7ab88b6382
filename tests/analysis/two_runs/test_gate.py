"""What a comparison is stopped at, and the exit code."""

import pytest
from pairs import ALIKE, BOTH, QUICK, ended, row, run, seeded, shortened, trainings
from specimens import FAST, SLOW

from rnnbench.analysis.two_runs import gate
from rnnbench.analysis.two_runs.rows import compared_rows
from rnnbench.analysis.two_runs.sides import Sides, side


def compared(old, new, *metrics):
    metrics = metrics or ("train-step",)
    return compared_rows(Sides(side(old, metrics), side(new, metrics)), metrics)


def kinds(rows, threshold=0.0):
    return [finding.kind for finding in gate.findings(rows, threshold)]


def factors(centre, scatter=0.001):
    return [centre * (1 + scatter * k) for k in (-1, 0, 1)]


@pytest.mark.parametrize(
    ("times", "threshold", "found"),
    [
        (factors(1.08), 0.0, ["slower"]),
        (factors(1.08), 0.05, ["slower"]),
        (factors(1.03), 0.05, []),  # slower, and shown to be by less
        (factors(1.08, scatter=0.02), 0.05, ["undecided"]),  # it may be by more, or by less
        (factors(1.005), 0.0, []),  # the same
        (factors(0.9), 0.0, []),  # faster
        (factors(1.0, scatter=0.03), 0.0, ["undecided"]),
        (factors(1.0, scatter=0.005), 0.05, []),  # whatever it is, it is not slower by 5 %
        ((2.0, 2.0), 0.0, ["undecided"]),  # two processes show nothing
    ],
)
def test_what_is_slower_by_more_than_the_threshold_is_found(times, threshold, found):
    assert kinds(compared(QUICK, run(row(factors=times))), threshold) == found


def test_more_memory_and_a_worse_score_are_found():
    old = run(row(), trained=trainings([0.4, 0.41, 0.39]), plan=seeded(3))
    new = run(row(peak_memory=6 * 2**20), trained=trainings([0.5, 0.51, 0.49]), plan=seeded(3))
    assert kinds(compared(old, new, "memory", "score")) == ["worse", "worse"]
    assert kinds(compared(old, old, "memory", "score")) == []
    few = run(row(), trained=trainings([0.4]), plan=seeded(1))
    assert kinds(compared(few, few, "score")) == ["undecided"]


def test_missing_and_newly_failed_rows_are_found():
    assert kinds(compared(BOTH, run(ended(FAST, "mismatch")))) == ["failed", "missing"]
    assert kinds(compared(run(ended(FAST, "oom")), run(ended(FAST, "oom"), row(SLOW)))) == []


def code(old, new, *fail_on, metrics=()):
    rows = compared(old, new, *metrics)
    return gate.exit_code(rows, gate.findings(rows), fail_on)


SLOWER = run(row(factors=[2 * one for one in ALIKE]))


@pytest.mark.parametrize(
    ("new", "fail_on", "expected"),
    [
        (SLOWER, (), 0),
        (SLOWER, ("slower",), 3),
        (SLOWER, ("missing", "failed", "undecided"), 0),
        (QUICK, gate.KINDS, 0),
        (run(ended(FAST, "mismatch")), (), 4),
        (
            run(ended(FAST, "mismatch")),
            ("failed",),
            3,
        ),  # nothing comparable, and found
        (run(row(SLOW)), (), 4),
        (run(row(SLOW)), ("missing",), 3),
        (run(row(factors=(1.0,))), (), 0),  # without verdicts, only shown
        (run(row(factors=(1.0,))), ("slower",), 4),  # nothing could have been found
        (run(row(factors=(1.0,))), ("slower", "undecided"), 3),
        (run(row(factors=(1.0,))), ("failed",), 0),
    ],
)
def test_the_exit_code_is_3_for_what_is_named_and_4_where_nothing_can_be_told(
    new, fail_on, expected
):
    assert code(QUICK, new, *fail_on) == expected


def test_a_kind_of_which_nothing_was_judged_does_not_matter_beside_one_that_was():
    metrics = ("train-step", "score")
    assert code(QUICK, QUICK, "slower", "worse", metrics=metrics) == 0
    assert code(QUICK, QUICK, "worse", metrics=metrics) == 4


def test_a_time_of_too_few_rounds_is_undecided_and_not_compared():
    new = shortened(run(row(factors=(1.0,))))
    assert kinds(compared(QUICK, new)) == ["undecided"]
    assert code(QUICK, new) == 4
    assert code(QUICK, new, "undecided") == 3
