"""The schedule of a run, with a crew that answers from a script."""

import pytest
from msgspec.structs import replace
from specimens import BROKEN, COMPARISON, FAST, OPENED, PLAN, PLANNED, SLOW

from rnnbench.errors import UsageError
from rnnbench.protocol import (
    Failed,
    Finish,
    Finished,
    Prepare,
    Prepared,
    Progress,
    Train,
    Trained,
    Turn,
    Turned,
)
from rnnbench.results import Timing, Training, Worker
from rnnbench.runner import Runner, stages

SHORT = replace(PLAN, comparisons=[replace(PLANNED, max_time=1e-9)])
PREPARED = Prepared(25, 1e-7, "outputs", "loop", 0.5, 0.01, 0.004)


class Crew:
    """Answers by the type of the request; ``answers`` overrules that for a row."""

    def __init__(self, answers=()):
        self.answers = dict(answers)
        self.asked = []
        self.closed = False

    def open(self, rows):
        return dict.fromkeys(rows, OPENED)

    def ready(self, row):
        return None

    def ask(self, row, request, expect, progress=None):
        self.asked.append((row, type(request)))
        if progress is not None:
            progress(Progress(5))
        usual = {
            Prepare: Failed("failed", "broken") if row == BROKEN else PREPARED,
            Turn: Turned(9.0, 0.02 if row == SLOW else 0.01, 0.004),
            Finish: Finished(2**20, 0),
            Train: Trained([(1, 0.9)], 0.5, 0.1),
        }
        return self.answers.get((row, type(request)), usual[type(request)])

    def close(self):
        self.closed = True


class Recorder:
    """Both the writer and the view."""

    def __init__(self):
        self.records = []
        self.stages = []
        self.shares = []
        self.write = self.records.append
        self.advance = self.shares.append

    def stage(self, text, planned=None):
        self.stages.append(text)


@pytest.fixture
def run():
    """Carry out a plan with some answers; return what was recorded and the crew."""

    def call(answers=(), plan=SHORT):
        crew, recorder = Crew(answers), Recorder()
        Runner(plan, crew, recorder, recorder).run()
        return recorder, crew

    return call


def test_records_come_in_order_each_when_it_is_finished(run):
    recorder, _ = run()
    kinds = [type(record) for record in recorder.records]
    assert kinds == [Worker] * 3 + [Timing] + [Training] * 6
    trained = [(r.row, r.seed) for r in recorder.records[4:]]
    assert trained == [(row, seed) for row in PLAN.rows for seed in PLAN.seeds]


def test_a_timed_row_has_its_figures(run):
    recorder, _ = run()
    fast, slow, broken = recorder.records[3].rows
    assert (fast.status, slow.status, broken.status) == ("ok", "ok", "failed")
    assert (fast.ratio.value, slow.ratio.value) == (1.0, 2.0)
    assert fast.compile_s == pytest.approx(0.5 - 0.01)
    assert (fast.peak_memory, fast.traces, fast.params) == (2**20, 0, 25)
    assert (fast.turn_steps, fast.turn_forwards, fast.steps) == (5, 5, [0.01])
    assert broken.reason == "broken"


def test_a_row_that_failed_is_neither_timed_nor_trained(run):
    recorder, crew = run()
    assert [request for row, request in crew.asked if row == BROKEN] == [Prepare]
    skipped = [r for r in recorder.records[4:] if r.row == BROKEN]
    assert [(r.status, r.reason) for r in skipped] == [("skipped", "the row is failed")] * 2


@pytest.mark.parametrize("when", [Turn, Finish])
def test_a_row_that_fails_while_timed_leaves_the_others(run, when):
    recorder, _ = run({(FAST, when): Failed("crashed", "gone")})
    fast, slow, _ = recorder.records[3].rows
    assert (fast.status, fast.reason, fast.step_s) == ("crashed", "gone", None)
    assert slow.status == "ok"


def test_a_training_that_fails_is_a_record(run):
    recorder, _ = run({(SLOW, Train): Failed("oom", "no memory")})
    ends = {(r.row, r.status, r.reason) for r in recorder.records[4:]}
    assert {(SLOW, "oom", "no memory"), (FAST, "ok", None)} <= ends


def test_without_steps_nothing_is_trained(run):
    timed_only = replace(SHORT.comparisons[0], comparison=replace(COMPARISON, steps=0))
    recorder, crew = run(plan=replace(SHORT, comparisons=[timed_only]))
    assert isinstance(recorder.records[-1], Timing)
    assert Train not in {request for _, request in crew.asked}


def test_the_view_is_told_every_stage_and_how_far_it_is(run):
    recorder, _ = run()
    assert len(recorder.stages) == stages(SHORT)
    assert recorder.shares == [1.0] + [0.5] * 4  # timing, then a training of ten steps at five


def test_a_device_that_nobody_has_ends_the_run_before_it_begins():
    elsewhere = replace(PLANNED, comparison=replace(COMPARISON, device="gpu:7"))
    crew, recorder = Crew(), Recorder()
    plan = replace(PLAN, comparisons=[elsewhere])
    with pytest.raises(UsageError, match=r"no backend has the device 'gpu:7' here \(fake: cpu"):
        Runner(plan, crew, recorder, recorder).run()
    assert (recorder.records, crew.asked, crew.closed) == ([], [], True)


def test_the_crew_is_dismissed_whatever_happens():
    crew, recorder = Crew(), Recorder()
    recorder.write = lambda record: 1 / 0
    with pytest.raises(ZeroDivisionError):
        Runner(SHORT, crew, recorder, recorder).run()
    assert crew.closed
