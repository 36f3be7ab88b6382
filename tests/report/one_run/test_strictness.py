"""What --strict finds: rows too disturbed, or not as precise as asked."""

import pytest
from msgspec.structs import replace
from specimens import FAST, FAST_MS, PLAN, RUN, SLOW, SLOW_MS, TIMING, process, timed

from rnnbench.analysis.run_results import row_results
from rnnbench.doctor.examination import Examination
from rnnbench.doctor.finding import Finding
from rnnbench.doctor.self_test import SelfTest
from rnnbench.report.one_run.strictness import objection, objection_to_machine


def found(*rows, precision=0.02, **changes):
    run = replace(RUN, plan=replace(PLAN, seeds=[], precision=precision))
    results = row_results([run, replace(TIMING, rows=list(rows))])
    return objection([replace(one, **changes) for one in results])


def test_a_row_that_is_not_as_precise_as_asked_is_named():
    rows = timed(SLOW, process(SLOW_MS)), timed(FAST, process(FAST_MS))
    assert found(*rows) == "echo lstm fake:second ±5 %, not ±2 %"
    assert found(*rows, precision=0.06) is None


def test_a_row_with_too_few_rounds_is_named():
    rows = timed(SLOW, process(SLOW_MS[:4])), timed(FAST, process(FAST_MS[:4]))
    unknown = [f"echo lstm fake:{name} unknown, not ±2 %" for name in ("second", "good")]
    assert found(*rows) == "; ".join(unknown)


def test_a_row_alone_is_judged_by_its_time():
    assert found(timed(FAST, process(FAST_MS))) == "echo lstm fake:good ±5 %, not ±2 %"
    assert found(timed(FAST, process([2.0] * 8))) is None


def test_a_row_most_of_which_was_disturbed_is_named():
    assert found(timed(FAST, process([2.0] * 8)), clean=3) == "echo lstm fake:good 62 % disturbed"


def test_a_row_that_was_not_timed_is_no_matter_of_precision():
    assert found(TIMING.rows[2]) is None


SELF = SelfTest("fake:good", 1.0, 0.99, 1.01, "same", 0, 10, 0.01, 30)


@pytest.mark.parametrize(
    ("check", "test", "words"),
    [
        (Finding("load", "good", "idle"), SELF, None),
        (Finding("turbo", "poor", "on", "off"), SELF, None),
        (Finding("load", "poor", "others used 90 %", "end them"), SELF, "others used 90 %"),
        (Finding("load", "good", "idle"), replace(SELF, precision=3.0), "fake:good ±3e"),
        (Finding("load", "good", "idle"), replace(SELF, precision=None), "fake:good unknown"),
    ],
)
def test_the_doctor_is_strict_about_what_disturbs_and_what_is_imprecise(check, test, words):
    told = objection_to_machine(Examination([check], "echo", [test]), 0.02)
    assert told is None if words is None else told.startswith(words)
