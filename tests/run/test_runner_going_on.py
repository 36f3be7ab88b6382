"""Runs that are gone on with, broken off, or lose a worker; with a crew that answers by script."""

from contextlib import contextmanager

import pytest
from msgspec.structs import replace
from scripted import Crew, Recorder, run, timing, trainings
from specimens import (
    BROKEN,
    CHECKED,
    FAST,
    PLAN,
    PLANNED,
    SLOW,
    TIMING,
    TRAINED,
)

from rnnbench.results.remaining import Done
from rnnbench.run.pool import Seat
from rnnbench.run.runner import Runner, told_once
from rnnbench.schema.messages import Failed, Gemm, Prepare, Train, Turn
from rnnbench.schema.records import Peak, Timing, Worker


def test_what_is_done_is_not_done_again():
    recorder, crew = run(before=[TIMING, TRAINED])
    assert [r for r in recorder.records if isinstance(r, Timing)] == []
    done = [(r.row, r.seed) for r in trainings(recorder)]
    assert done == [(FAST, 1), (SLOW, 0), (SLOW, 1), (BROKEN, 0), (BROKEN, 1)]
    assert Turn not in {request for _, request in crew.asked}
    assert [seat for seat, request in crew.asked if request is Prepare] == [
        Seat(FAST, 0),
        Seat(SLOW, 0),
    ]


def test_a_comparison_that_is_done_is_not_even_checked():
    whole = [replace(TRAINED, row=row, seed=seed) for row in PLAN.rows for seed in PLAN.seeds]
    recorder, crew = run(before=[TIMING, *whole])
    assert {type(record) for record in recorder.records} == {Worker, Peak}
    assert {request for _, request in crew.asked} == {"ready", Gemm}


def test_a_timing_that_was_interrupted_is_taken_again():
    recorder, _ = run(before=[replace(TIMING, complete=False)])
    assert timing(recorder).complete


def test_after_a_crash_in_a_training_the_row_is_prepared_again_for_the_next_seed():
    recorder, crew = run({(FAST, Train): Failed("crashed", "gone")})
    assert [r.status for r in trainings(recorder) if r.row == FAST] == ["crashed"] * 2
    asked = [request for seat, request in crew.asked if seat == Seat(FAST, 0)]
    assert asked[asked.index(Train) :][:4] == [Train, "ready", Prepare, Train]


def test_a_worker_that_does_not_start_fails_once_and_is_skipped_in_other_comparisons():
    unfit = Failed("crashed", "the worker ended by SIGSEGV")
    assert told_once([unfit, unfit]) == [unfit, Failed("skipped", "its worker does not start")]
    assert told_once([CHECKED, unfit]) == [CHECKED, unfit]
    unsupported = Failed("unsupported", "not here")
    assert told_once([unsupported] * 2) == [unsupported] * 2
    assert told_once([]) == []


def interrupting(crew, when):
    """Have Ctrl-C come while the ``when``-th turn is played; it is heard after that turn."""
    turns = 0

    @contextmanager
    def patience():
        nonlocal turns
        asked = len(crew.asked)
        yield
        turns += [request for _, request in crew.asked[asked:]].count(Turn)
        if turns == when:
            turns += 1  # heard once
            raise KeyboardInterrupt

    return patience


@pytest.mark.parametrize("turns", [2, 3, 5])
def test_an_interrupted_timing_keeps_its_whole_rounds_and_asks_nothing_more(turns):
    crew, recorder = Crew(), Recorder()
    long = replace(PLAN, comparisons=[replace(PLANNED, max_time=60.0)])
    one = Runner(long, crew, recorder, recorder, interrupting(crew, turns))
    one.open()
    with pytest.raises(KeyboardInterrupt):
        one.run(Done())
    found = [record for record in recorder.records if isinstance(record, Timing)]
    assert len(found) == (turns > 2)
    for record in found:
        assert not record.complete
        measured = record.rows[:2]
        assert [len(row.processes[0].steps) for row in measured] == [len(record.rounds)] * 2
        assert [row.processes[0].peak_memory for row in measured] == [None, None]
    assert trainings(recorder) == []
    assert crew.asked[-1][1] is Turn
