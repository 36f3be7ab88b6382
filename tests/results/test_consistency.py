"""What a plan does not say, or an earlier record contradicts, is refused."""

import pytest
from msgspec.structs import replace
from specimens import (
    BROKEN,
    COMPARISON,
    FAST,
    KEY,
    OPENED,
    PEAK,
    PLAN,
    PLANNED,
    RECORDS,
    RUN,
    THREE_PROCESSES,
    TIMING,
    TRAINED,
)

from rnnbench.results.consistency import Inconsistent, Ledger, sample_lists
from rnnbench.schema.records.beginning import Resumed, Worker
from rnnbench.schema.row import Row

STRANGER = Row("stranger", "good")
SECOND = replace(PLANNED, comparison=replace(COMPARISON, hidden=4))
UNFINISHED = replace(TIMING, complete=False)
WHOLE = replace(TIMING, rows=[*TIMING.rows[:2], replace(TIMING.rows[1], row=BROKEN)])


def row_changed(**changes):
    """Return the timing with its first row changed."""
    return replace(TIMING, rows=[replace(TIMING.rows[0], **changes), *TIMING.rows[1:]])


def process_changed(**changes):
    """Return the timing with the process of its first row changed."""
    return row_changed(processes=[replace(TIMING.rows[0].processes[0], **changes)])


def enter(*records, plan=PLAN):
    ledger = Ledger(replace(RUN, plan=plan))
    for record in records:
        ledger.enter(record)
    return ledger


def test_a_run_as_it_is_written_fits():
    ledger = enter(*RECORDS[1:], Resumed(started="", command=[]))
    assert ledger.timed == set()  # one of its rows has failed, and may be tried again
    assert len(ledger.trained) == 4
    enter(THREE_PROCESSES, plan=replace(PLAN, processes=3))


def test_the_end_of_a_timing_may_follow_one_that_was_interrupted():
    assert enter(UNFINISHED).timed == set()
    assert enter(UNFINISHED, UNFINISHED, WHOLE).timed == {KEY}


def test_what_has_failed_may_be_done_again():
    failed = replace(TRAINED, status="failed", score=None)
    assert enter(TIMING, TIMING, WHOLE).timed == {KEY}
    assert enter(failed, failed, TRAINED).trained == {(KEY, FAST, 0)}


def test_figures_of_other_data_than_those_of_the_plan_are_refused():
    for record in (row_changed(data_hash="cd34"), replace(TRAINED, data_hash="cd34")):
        with pytest.raises(Inconsistent, match="its data are not those of comparison"):
            enter(record)
    older = replace(TRAINED, data_hash=None)  # as they were before there was a hash
    assert enter(row_changed(data_hash=None), older).trained == {(KEY, FAST, 0)}


@pytest.mark.parametrize("run", ["", "ee" * 8])
def test_a_line_of_another_run_is_refused(run):
    ledger = Ledger(replace(RUN, run="0f" * 8))
    ledger.enter(replace(TRAINED, run="0f" * 8))
    with pytest.raises(Inconsistent, match="belongs to another run"):
        ledger.enter(replace(TIMING, run=run))


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (replace(PLAN, rows=[]), "no rows"),
        (replace(PLAN, rows=[FAST, BROKEN, FAST]), "one of them twice"),
        (replace(PLAN, comparisons=[PLANNED, SECOND, PLANNED]), "a comparison twice"),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(plan, message):
    with pytest.raises(Inconsistent, match=message):
        Ledger(replace(RUN, plan=plan))


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ([RUN], "a second run"),
        ([Worker(row=STRANGER, process=0, opened=OPENED)], "row stranger:good is not in the plan"),
        ([Worker(row=FAST, process=1, opened=OPENED)], "process 1 is not in the plan"),
        ([replace(PEAK, backend="stranger")], "backend stranger is not in the plan"),
        ([replace(TIMING, key="0" * 12)], "comparison 0{12} is not in the plan"),
        ([replace(TIMING, comparison=SECOND.comparison)], "is another one in the plan"),
        ([replace(TIMING, rows=TIMING.rows[1:])], "its rows are not those of the plan"),
        ([replace(TIMING, rows=TIMING.rows[:1] * 3)], "its rows are not those of the plan"),
        ([WHOLE, WHOLE], "was timed before"),
        ([WHOLE, UNFINISHED], "was timed before"),
        ([row_changed(processes=[])], "lacks processes or rounds"),
        ([replace(TIMING, rounds=[])], "lacks processes or rounds"),
        ([row_changed(steady_from=len(TIMING.rounds))], "from a round on that there is not"),
        ([replace(TIMING, rounds=TIMING.rounds[1:])], "not one sample per round"),
        ([process_changed(steps=[])], "not one sample per round"),
        ([process_changed(forwards=[])], "not one sample per round"),
        ([process_changed(first_steps=[])], "not one sample per round"),
        ([process_changed(first_forwards=[])], "not one sample per round"),
        ([replace(TRAINED, key="0" * 12)], "comparison 0{12} is not in the plan"),
        ([replace(TRAINED, row=STRANGER)], "row stranger:good is not in the plan"),
        ([replace(TRAINED, seed=2)], "seed 2 is not in the plan"),
        ([replace(TRAINED, curve=[])], "has a curve and a score"),
        ([replace(TRAINED, score=None)], "has a curve and a score"),
        ([TRAINED, replace(TRAINED, status="failed")], "was trained with seed 0 before"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_record_that_does_not_fit_is_refused(records, message):
    *before, last = records
    ledger = enter(*before)
    with pytest.raises(Inconsistent, match=message):
        ledger.enter(last)


def test_a_row_that_was_not_measured_needs_no_samples():
    enter(row_changed(status="crashed", processes=[], steady_from=99))


def test_what_was_refused_leaves_no_trace():
    ledger = enter()
    with pytest.raises(Inconsistent):
        ledger.enter(row_changed(processes=[]))
    ledger.enter(TIMING)


def test_the_series_of_a_process_are_its_four_lists_of_samples():
    process = TIMING.rows[0].processes[0]
    assert list(map(len, sample_lists(process))) == [len(TIMING.rounds)] * 4
