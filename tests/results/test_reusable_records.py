"""What of earlier runs holds for a new one."""

import pytest
from msgspec.structs import replace
from specimens import (
    BROKEN,
    COMPARISON,
    FAST,
    KEY,
    MACHINE,
    OPENED,
    PLAN,
    PLANNED,
    RECORDS,
    RUN,
    SLOW,
    TIMING,
    TRAINED,
)

from rnnbench.results.reusable_records import reusable
from rnnbench.schema.records.beginning import Worker
from rnnbench.schema.records.timing import Timing
from rnnbench.schema.records.training import Training

TWO = replace(PLAN, rows=[FAST, SLOW])
NOW = replace(RUN, started="2026-02-02T03:04:05+00:00", plan=TWO)
SAID = {FAST: OPENED, SLOW: OPENED}
MEASURED = replace(TIMING, rows=TIMING.rows[:2])
TRAININGS = [replace(TRAINED, row=row, seed=seed) for row in TWO.rows for seed in TWO.seeds]
EARLIER = [
    replace(RUN, plan=TWO),
    *[Worker(row=row, process=0, opened=OPENED) for row in TWO.rows],
    MEASURED,
    *TRAININGS,
]


def reused(now=NOW, opened=None, **earlier):
    return list(reusable(now, opened or SAID, (earlier or {"first": EARLIER}).items()))


def kinds(found):
    return [type(record) for record in found]


def changed(records, old, **changes):
    """Return records with one of them changed."""
    return [replace(record, **changes) if record is old else record for record in records]


def begun(**changes):
    """Return the earlier records of a run that began otherwise."""
    return [replace(EARLIER[0], **changes), *EARLIER[1:]]


def test_what_is_the_same_is_taken_and_says_where_from():
    assert reused() == [replace(record, reused="first") for record in [MEASURED, *TRAININGS]]


def test_what_was_reused_before_names_the_run_that_measured_it():
    once = [*EARLIER[:3], *reused()]
    assert {record.reused for record in reused(second=once)} == {"first"}


@pytest.mark.parametrize(
    "row",
    [
        replace(TIMING.rows[0], status="failed", reason="RuntimeError", processes=[]),
        replace(TIMING.rows[0], status="crashed", processes=[]),
        replace(TIMING.rows[0], status="skipped", processes=[]),
    ],
    ids=lambda row: row.status,
)
def test_a_timing_in_which_a_row_failed_is_not_taken(row):
    failed = changed(EARLIER, MEASURED, rows=[row, TIMING.rows[1]])
    assert kinds(reused(first=failed)) == [Training] * 4


def test_a_row_that_is_unsupported_is_taken_along():
    unsupported = replace(TIMING.rows[0], status="unsupported", processes=[])
    found = reused(first=changed(EARLIER, MEASURED, rows=[unsupported, TIMING.rows[1]]))
    assert kinds(found) == [Timing, *[Training] * 4]


def test_a_timing_of_unsteady_rows_is_taken():
    unsteady = replace(TIMING.rows[0], status="unsteady", reason="drifts")
    found = reused(first=changed(EARLIER, MEASURED, rows=[unsteady, TIMING.rows[1]]))
    assert kinds(found) == [Timing, *[Training] * 4]


def test_a_timing_that_was_interrupted_is_not_taken():
    assert kinds(reused(first=changed(EARLIER, MEASURED, complete=False))) == [Training] * 4


@pytest.mark.parametrize("rows", [[FAST], [FAST, SLOW, BROKEN]], ids=len)
def test_a_timing_is_taken_as_a_whole_or_not_at_all(rows):
    plan, opened = replace(PLAN, rows=rows), dict.fromkeys(rows, OPENED)
    found = reused(replace(NOW, plan=plan), opened)
    assert Timing not in kinds(found)
    assert {record.row for record in found} == {FAST, SLOW} & set(rows)


@pytest.mark.parametrize("data_hash", ["cd34", None])
def test_what_does_not_say_that_it_is_of_the_data_of_the_plan_is_not_taken(data_hash):
    other = [replace(TIMING.rows[0], data_hash=data_hash), TIMING.rows[1]]
    assert kinds(reused(first=changed(EARLIER, MEASURED, rows=other))) == [Training] * 4
    found = reused(first=changed(EARLIER, TRAININGS[0], data_hash=data_hash))
    assert found[1:] == [replace(one, reused="first") for one in TRAININGS[1:]]


@pytest.mark.parametrize("status", ["failed", "timeout", "oom", "crashed", "skipped"])
def test_a_training_that_failed_is_not_taken(status):
    failed = changed(EARLIER, TRAININGS[0], status=status, curve=[], score=None)
    assert reused(first=failed)[1:] == [replace(one, reused="first") for one in TRAININGS[1:]]


def test_a_training_with_a_seed_that_is_not_asked_for_is_not_taken():
    found = reused(replace(NOW, plan=replace(TWO, seeds=[1])))
    assert [record.seed for record in found[1:]] == [1, 1]


@pytest.mark.parametrize(
    "earlier",
    [
        begun(machine=replace(MACHINE, cpu="another CPU")),
        begun(rnnbench="0.0.9"),
        begun(source="another hash"),
        begun(distributions={"numpy": "1"}),
        begun(plan=replace(TWO, memory_limit=2**30)),
        begun(plan=replace(TWO, allocator="kept")),
        begun(plan=replace(TWO, comparisons=[replace(PLANNED, data_hash="cd34")])),
        begun(plan=replace(TWO, comparisons=[replace(PLANNED, task_version=2)])),
        EARLIER[:1] + EARLIER[3:],
    ],
    ids=[
        "machine",
        "version",
        "source",
        "numpy",
        "limit",
        "allocator",
        "data",
        "task",
        "no workers",
    ],
)
def test_nothing_is_taken_from_what_was_not_the_same(earlier):
    assert reused(first=earlier) == []


def test_another_version_of_one_framework_costs_its_rows_and_every_timing_with_them():
    newer = replace(OPENED, versions={"fake": "1.3", "numpy": "2"})
    found = reused(opened={FAST: newer, SLOW: OPENED})
    assert [(type(record), record.row) for record in found] == [(Training, SLOW)] * 2


def test_a_row_that_does_not_start_now_is_not_taken():
    assert {record.row for record in reused(opened={SLOW: OPENED})} == {SLOW}


@pytest.mark.parametrize("way", [{"processes": 3}, {"precision": 0.01}], ids=str)
def test_a_timing_that_was_taken_otherwise_is_not_taken(way):
    found = reused(replace(NOW, plan=replace(TWO, **way)))
    assert kinds(found) == [Training] * 4


def test_another_comparison_is_not_taken():
    other = replace(PLANNED, comparison=replace(COMPARISON, hidden=4))
    assert reused(replace(NOW, plan=replace(TWO, comparisons=[other]))) == []


def test_the_first_that_is_given_is_preferred_and_others_fill_its_gaps():
    newest = [record for record in EARLIER if record is not TRAININGS[2]]
    found = reused(newest=newest, oldest=EARLIER)
    names = {(type(r), getattr(r, "row", None), getattr(r, "seed", None)): r.reused for r in found}
    assert len(names) == len(found) == 5
    assert names.pop((Training, SLOW, 0)) == "oldest"
    assert set(names.values()) == {"newest"}


def test_of_a_whole_run_only_what_was_measured_is_taken():
    found = reused(RUN, dict.fromkeys(PLAN.rows, OPENED), first=RECORDS)
    assert kinds(found) == [Training] * 4
    assert {record.key for record in found} == {KEY}
