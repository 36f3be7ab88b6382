"""Runs that are gone on with, broken off, or lose a worker; with a pool that answers by script."""

from contextlib import contextmanager

import pytest
from msgspec.structs import replace
from scripted import Pool, Recorder, run, timing, trainings
from specimens import (
    BROKEN,
    FAST,
    PLAN,
    PLANNED,
    SLOW,
    TIMING,
    TRAINED,
)

from rnnbench.plugins.registry import Registry
from rnnbench.results.work_left import Remaining
from rnnbench.running.runner import Runner
from rnnbench.running.workers.pool import Slot
from rnnbench.schema.messages.message import Failed
from rnnbench.schema.messages.peak_rate import Gemm
from rnnbench.schema.messages.timing import Prepare, Turn
from rnnbench.schema.messages.training import Train
from rnnbench.schema.records.beginning import Worker
from rnnbench.schema.records.peak import Peak
from rnnbench.schema.records.timing import Timing


def test_what_is_done_is_not_done_again():
    recorder, pool = run(before=[TIMING, TRAINED])
    assert [r for r in recorder.records if isinstance(r, Timing)] == []
    done = [(r.row, r.seed) for r in trainings(recorder)]
    assert done == [(FAST, 1), (SLOW, 0), (SLOW, 1), (BROKEN, 0), (BROKEN, 1)]
    assert Turn not in {request for _, request in pool.asked}
    assert [slot for slot, request in pool.asked if request is Prepare] == [
        Slot(FAST, 0),
        Slot(SLOW, 0),
    ]


def test_a_timing_whose_audit_is_interrupted_is_kept_as_one_that_is_not_whole(
    believed, monkeypatch
):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Runner, "_audit", interrupt)
    recorder, _ = run()
    (found,) = [one for one in recorder.records if isinstance(one, Timing)]
    assert not found.complete
    assert found.rounds
    assert trainings(recorder) == []


def test_a_comparison_that_is_done_is_not_even_checked(believed):
    whole = [replace(TRAINED, row=row, seed=seed) for row in PLAN.rows for seed in PLAN.seeds]
    recorder, pool = run(before=[TIMING, *whole])
    assert {type(record) for record in recorder.records} == {Worker, Peak}
    assert {request for _, request in pool.asked} == {"ready", Gemm}


def test_a_timing_that_was_interrupted_is_taken_again():
    recorder, _ = run(before=[replace(TIMING, complete=False)])
    assert timing(recorder).complete


def test_after_a_crash_in_a_training_the_row_is_prepared_again_for_the_next_seed():
    recorder, pool = run({(FAST, Train): Failed("crashed", "gone")})
    assert [r.status for r in trainings(recorder) if r.row == FAST] == ["crashed"] * 2
    asked = [request for slot, request in pool.asked if slot == Slot(FAST, 0)]
    assert asked[asked.index(Train) :][:4] == [Train, "ready", Prepare, Train]


def interrupting(pool, when):
    """Have Ctrl-C come while the ``when``-th turn is played; it is heard after that turn."""
    turns = 0

    @contextmanager
    def uninterrupted():
        nonlocal turns
        asked = len(pool.asked)
        yield
        turns += [request for _, request in pool.asked[asked:]].count(Turn)
        if turns == when:
            turns += 1  # heard once
            raise KeyboardInterrupt

    return uninterrupted


def is_interrupted(runner, remaining):
    """Return whether a run was interrupted, with whole rounds or with none."""
    try:
        return not runner.run(remaining)
    except KeyboardInterrupt:
        return True


@pytest.mark.parametrize("turns", [2, 3, 5])
def test_an_interrupted_timing_keeps_its_whole_rounds_and_asks_nothing_more(turns):
    pool, recorder = Pool(), Recorder()
    long = replace(PLAN, comparisons=[replace(PLANNED, max_time=60.0)])
    one = Runner(long, Registry.of(), pool, recorder, recorder, interrupting(pool, turns))
    one.open()
    assert is_interrupted(one, Remaining(long))
    found = [record for record in recorder.records if isinstance(record, Timing)]
    assert len(found) == (turns > 2)
    for record in found:
        assert not record.complete
        measured = record.rows[:2]
        assert [len(row.processes[0].steps) for row in measured] == [len(record.rounds)] * 2
        assert [row.processes[0].peak_memory for row in measured] == [None, None]
    assert trainings(recorder) == []
    assert pool.asked[-1][1] is Turn
