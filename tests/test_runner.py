"""The schedule of a run, with a crew that answers from a script."""

from contextlib import contextmanager

import pytest
from msgspec.structs import replace
from specimens import (
    BROKEN,
    CHECKED,
    COMPARISON,
    FAST,
    OPENED,
    PLAN,
    PLANNED,
    PREPARED,
    SLOW,
    TIMING,
    TRAINED,
    samples,
)

from rnnbench import runner
from rnnbench.crew import Seat
from rnnbench.done import Done
from rnnbench.errors import UsageError
from rnnbench.protocol import (
    Check,
    Checked,
    Failed,
    Finish,
    Finished,
    Gemm,
    Gemmed,
    Prepare,
    Progress,
    Train,
    Trained,
    Turn,
    Turned,
)
from rnnbench.records import Peak, Round, Timing, Training, Worker
from rnnbench.rows import Row
from rnnbench.runner import Runner, told_once

SHORT = replace(PLAN, comparisons=[replace(PLANNED, max_time=1e-9)])
THREE = replace(SHORT, processes=3)


def turned(milliseconds):
    """Return a turn whose first calls and whose forward pass can be told from its steps."""
    first, steps, forward = (samples([factor * milliseconds])[0] for factor in (9, 1, 0.4))
    return Turned(first, steps, first, forward)


class Crew:
    """Answers by the type of the request; ``answers`` overrules that for a row or a seat."""

    groups = frozenset()

    def __init__(self, answers=()):
        self.answers = dict(answers)
        self.asked = []
        self.gone = set()

    def open(self, seats):
        return dict.fromkeys(seats, OPENED)

    def ready(self, seat):
        self.asked.append((seat, "ready"))
        self.gone.discard(seat)
        return self.answers.get((seat, "ready"))

    def ask_each(self, queues, expect, progress):
        progress(1.0)
        return {seat: [self.ask(seat, r, expect) for r in queue] for seat, queue in queues.items()}

    def ask(self, seat, request, expect, progress=None):
        self.asked.append((seat, type(request)))
        if progress is not None:
            progress(Progress(5))
        usual = {
            Gemm: Gemmed(10.0),
            Check: Failed("failed", "broken") if seat.row == BROKEN else CHECKED,
            Prepare: PREPARED,
            Turn: turned(20.0 if seat.row == SLOW else 10.0),
            Finish: Finished(2**20, 0),
            Train: Trained([(1, 0.9)], 0.5, 0.1),
        }[type(request)]
        for who in (seat, seat.row):
            usual = self.answers.get((who, type(request)), usual)
        if isinstance(usual, Failed) and usual.status == "crashed":
            self.gone.add(seat)
        return usual

    def has(self, seat):
        return seat not in self.gone


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

    def call(answers=(), plan=SHORT, before=()):
        crew, recorder = Crew(answers), Recorder()
        runner = Runner(plan, crew, recorder, recorder)
        runner.open()
        runner.run(Done(before))
        return recorder, crew

    return call


def timing(recorder):
    (found,) = [record for record in recorder.records if isinstance(record, Timing)]
    return found


def trainings(recorder):
    return [record for record in recorder.records if isinstance(record, Training)]


def test_records_come_in_order_each_when_it_is_finished(run):
    recorder, _ = run()
    kinds = [type(record) for record in recorder.records]
    assert kinds == [Worker] * 3 + [Timing] + [Training] * 6 + [Peak]
    trained = [(r.row, r.seed) for r in trainings(recorder)]
    assert trained == [(row, seed) for row in PLAN.rows for seed in PLAN.seeds]


def test_a_timed_row_has_its_samples(run):
    recorder, _ = run()
    fast, slow, broken = timing(recorder).rows
    assert (fast.status, slow.status, broken.status) == ("ok", "ok", "failed")
    assert (fast.params, fast.flops, fast.forward_flops, fast.kernel) == (25, 300, 100, "loop")
    (process,) = slow.processes
    assert (process.peak_memory, process.traces) == (2**20, 0)
    assert (process.first_step_s, process.check_s) == (0.5, 0.1)
    assert process.steps == samples([20.0])
    assert process.forwards == samples([8.0])
    assert process.first_steps == process.first_forwards == samples([180.0])
    assert (broken.reason, broken.processes) == ("broken", [])
    assert timing(recorder).length == 3


def test_each_process_is_opened_prepared_timed_and_finished_and_one_is_trained(run):
    recorder, crew = run(plan=THREE)
    workers = [(r.row, r.process) for r in recorder.records if isinstance(r, Worker)]
    assert workers == [(row, process) for row in PLAN.rows for process in range(3)]
    assert [len(row.processes) for row in timing(recorder).rows] == [3, 3, 0]
    for process in range(3):
        asked = [request for seat, request in crew.asked if seat == Seat(SLOW, process)]
        assert asked == [
            Check,
            "ready",
            Prepare,
            Turn,
            Finish,
            *([Train, Train] if process == 0 else []),
        ]


def test_a_process_that_cannot_be_prepared_speaks_for_its_row(run):
    recorder, crew = run({(Seat(FAST, 1), Prepare): Failed("oom", "no memory")}, THREE)
    fast, slow, _ = timing(recorder).rows
    assert (fast.status, fast.reason, slow.status) == ("oom", "no memory", "ok")
    asked = [seat.process for seat, request in crew.asked if (seat.row, request) == (FAST, Prepare)]
    assert asked == [0, 1]


@pytest.mark.parametrize("when", [Turn, Finish])
def test_a_process_that_fails_while_timed_ends_its_row_alone(run, when):
    recorder, _ = run({(Seat(FAST, 2), when): Failed("crashed", "gone")}, THREE)
    fast, slow, _ = timing(recorder).rows
    assert (fast.status, fast.reason, fast.processes) == ("crashed", "gone", [])
    assert (slow.status, len(slow.processes)) == ("ok", 3)


def test_the_worst_error_of_its_processes_is_the_rows(run):
    worse = Checked(1e-5, "loss", 0.1)
    recorder, _ = run({(Seat(FAST, 1), Check): worse}, THREE)
    fast = timing(recorder).rows[0]
    assert (fast.parity_error, fast.parity_tensor) == (1e-5, "loss")


def test_the_matrix_product_is_measured_once_per_backend_and_place(run):
    other = Row("other", "only")
    elsewhere = replace(SHORT.comparisons[0], comparison=replace(COMPARISON, dtype="float64"))
    plan = replace(THREE, rows=[*PLAN.rows, other], comparisons=[*SHORT.comparisons, elsewhere])
    recorder, crew = run(plan=plan)
    peaks = [r for r in recorder.records if isinstance(r, Peak)]
    measured = [(p.backend, p.device, p.dtype) for p in peaks]
    places = [("cpu", "float32"), ("cpu", "float64")]
    assert sorted(measured) == [(name, *place) for name in ("fake", "other") for place in places]
    assert {seat for seat, request in crew.asked if request is Gemm} == {
        Seat(FAST, 0),
        Seat(other, 0),
    }


def test_a_worker_that_ended_is_replaced_to_measure_the_matrix_product(run):
    _, crew = run({(FAST, Turn): Failed("crashed", "gone")})
    assert crew.asked[-2:] == [(Seat(FAST, 0), "ready"), (Seat(FAST, 0), Gemm)]


def test_a_matrix_product_that_fails_is_a_record_without_a_rate(run):
    recorder, _ = run({(FAST, Gemm): Failed("failed", "no product")})
    (peak,) = [record for record in recorder.records if isinstance(record, Peak)]
    assert (peak.gflops, peak.reason) == (None, "no product")
    assert timing(recorder).rows[0].status == "ok"


def test_a_row_that_drifts_is_unsteady_and_has_all_its_samples_and_is_trained(run, monkeypatch):
    monkeypatch.setattr(runner, "settled", lambda racing: {FAST: None, SLOW: 4})
    recorder, _ = run()
    fast, slow, _ = timing(recorder).rows
    assert (fast.status, fast.steady_from, len(fast.processes)) == ("unsteady", 0, 1)
    assert fast.reason == "its time per step still drifts"
    assert (slow.status, slow.reason, slow.steady_from) == ("ok", None, 4)
    assert [r.status for r in trainings(recorder) if r.row == FAST] == ["ok", "ok"]


def test_the_conditions_of_each_round_are_kept(run, monkeypatch):
    class Watch:
        def __init__(self, device, ours):
            assert device == "cpu"

        def look(self):
            return Round(0.75, None)

    def measure(racing, max_time, precision, rng, progress):
        for share in (0.5, 1.0):
            for contestant in racing:
                contestant.turns.append(contestant.play(contestant.turn))
            progress(share)

    monkeypatch.setattr(runner, "Watch", Watch)
    monkeypatch.setattr(runner, "measure", measure)
    recorder, _ = run()
    assert timing(recorder).rounds == [Round(0.75, None)] * 2
    assert len(timing(recorder).rows[0].processes[0].steps) == 2
    assert recorder.shares[:3] == [1.0, 0.5, 1.0]  # checked, then two rounds


def test_a_row_that_failed_is_neither_timed_nor_trained(run):
    recorder, crew = run()
    assert [request for seat, request in crew.asked if seat.row == BROKEN] == [Check]
    skipped = [r for r in trainings(recorder) if r.row == BROKEN]
    assert [(r.status, r.reason) for r in skipped] == [("skipped", "the row is failed")] * 2


def test_where_no_row_could_be_prepared_there_is_a_record_of_that(run):
    recorder, _ = run({(row, Prepare): Failed("failed", "no") for row in (FAST, SLOW)})
    assert [row.status for row in timing(recorder).rows] == ["failed"] * 3
    assert (timing(recorder).length, timing(recorder).rounds) == (None, [])


def test_a_training_that_fails_is_a_record(run):
    recorder, _ = run({(SLOW, Train): Failed("oom", "no memory")})
    ends = {(r.row, r.status, r.reason) for r in trainings(recorder)}
    assert {(SLOW, "oom", "no memory"), (FAST, "ok", None)} <= ends


def test_without_steps_nothing_is_trained(run):
    timed_only = replace(SHORT.comparisons[0], comparison=replace(COMPARISON, steps=0))
    recorder, crew = run(plan=replace(SHORT, comparisons=[timed_only]))
    assert trainings(recorder) == []
    assert Train not in {request for _, request in crew.asked}


def test_the_view_is_told_every_stage_and_how_far_it_is(run):
    recorder, _ = run(plan=THREE)
    assert len(recorder.stages) == Done().stages(THREE) - 2  # the broken row's other processes
    # Checking, by process; timing; then a training of ten steps at five.
    assert recorder.shares == [1.0] * 3 + [1.0] + [0.5] * 4


def test_a_device_that_nobody_has_ends_the_run_before_it_begins():
    elsewhere = replace(PLANNED, comparison=replace(COMPARISON, device="gpu:7"))
    crew, recorder = Crew(), Recorder()
    plan = replace(PLAN, comparisons=[elsewhere])
    with pytest.raises(UsageError, match=r"no backend has the device 'gpu:7' here \(fake: cpu"):
        Runner(plan, crew, recorder, recorder).open()
    assert (recorder.records, crew.asked) == ([], [])


def test_what_is_done_is_not_done_again(run):
    recorder, crew = run(before=[TIMING, TRAINED])
    assert [r for r in recorder.records if isinstance(r, Timing)] == []
    done = [(r.row, r.seed) for r in trainings(recorder)]
    assert done == [(FAST, 1), (SLOW, 0), (SLOW, 1), (BROKEN, 0), (BROKEN, 1)]
    assert Turn not in {request for _, request in crew.asked}
    assert [seat for seat, request in crew.asked if request is Prepare] == [
        Seat(FAST, 0),
        Seat(SLOW, 0),
    ]


def test_a_comparison_that_is_done_is_not_even_checked(run):
    whole = [replace(TRAINED, row=row, seed=seed) for row in PLAN.rows for seed in PLAN.seeds]
    recorder, crew = run(before=[TIMING, *whole])
    assert {type(record) for record in recorder.records} == {Worker, Peak}
    assert {request for _, request in crew.asked} == {"ready", Gemm}


def test_a_timing_that_was_interrupted_is_taken_again(run):
    recorder, _ = run(before=[replace(TIMING, complete=False)])
    assert timing(recorder).complete


def test_after_a_crash_in_a_training_the_row_is_prepared_again_for_the_next_seed(run):
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
